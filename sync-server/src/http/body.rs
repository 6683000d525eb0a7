//! Bodies in, problems out.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use prost::Message;
use yidang_sync_protocol::frame::{FrameError, unpack};
use yidang_sync_protocol::message::MOST_REQUEST_BYTES;

use crate::caller::Denied;
use crate::store::StoreError;

/// Why a request has no answer. The body of the response is the word.
#[derive(Debug)]
pub enum Problem {
    /// It cannot be read.
    Malformed,
    /// Larger than allowed, counted after unpacking.
    TooLarge,
    /// It did not come in time.
    Slow,
    /// Not for this caller.
    Denied(Denied),
    /// Not here.
    NotFound,
    /// A defect, or the database failed.
    Internal,
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request failed");
        Self::Internal
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "a request failed");
        Self::Internal
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, word) = match self {
            Self::Malformed | Self::Denied(Denied::Malformed) => {
                (StatusCode::BAD_REQUEST, "malformed")
            }
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "slow"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Denied(Denied::UnknownCertificate) => {
                (StatusCode::UNAUTHORIZED, "unknown_certificate")
            }
            Self::Denied(Denied::Revoked) => (StatusCode::FORBIDDEN, "revoked"),
            Self::Denied(Denied::WrongSignature) => (StatusCode::BAD_REQUEST, "wrong_signature"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Denied(Denied::Store(error)) => {
                tracing::error!(%error, "a request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        (status, word).into_response()
    }
}

/// A body that comes slower than this leaves room for others.
const SLOWEST: Duration = Duration::from_secs(60);

/// Reads a body as it came over the wire, no further than a request may be long.
pub async fn read(request: Request) -> Result<Bytes, Problem> {
    let body = to_bytes(request.into_body(), MOST_REQUEST_BYTES + 1);
    match tokio::time::timeout(SLOWEST, body).await {
        Ok(body) => body.map_err(|_| Problem::TooLarge),
        Err(_) => Err(Problem::Slow),
    }
}

/// The message in a framed body; the limit counts unpacked bytes.
pub fn message<T: Message + Default>(body: &[u8]) -> Result<T, Problem> {
    let bytes = unpack(body, MOST_REQUEST_BYTES).map_err(|error| match error {
        FrameError::TooLarge(_) => Problem::TooLarge,
        _ => Problem::Malformed,
    })?;
    decode(&bytes)
}

/// The message in these bytes.
pub fn decode<T: Message + Default>(bytes: &[u8]) -> Result<T, Problem> {
    T::decode(bytes).map_err(|_| Problem::Malformed)
}
