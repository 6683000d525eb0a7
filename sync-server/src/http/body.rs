//! Bodies in, problems out.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use prost::Message;
use tokio::sync::{Semaphore, SemaphorePermit};
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
    /// The device handed in more than a device may, and is told when there is room again.
    TooOften {
        /// After so many seconds.
        seconds: u32,
    },
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
            Self::TooOften { seconds } => {
                let after = [(RETRY_AFTER, seconds.to_string())];
                return (StatusCode::TOO_MANY_REQUESTS, after, "too_often").into_response();
            }
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

/// A question may carry a spreadsheet of twenty megabytes in base64.
const MOST_ASK_BYTES: usize = 28 << 20;
/// Of requests beyond the ordinary one is held in memory at a time.
static LARGE: Semaphore = Semaphore::const_new(1);

/// Reads a body as it came over the wire, no further than a request may be long.
pub async fn read(request: Request) -> Result<Bytes, Problem> {
    read_up_to(request, MOST_REQUEST_BYTES).await
}

/// Reads and unpacks the body of a question. One beyond the ordinary size waits until no other is
/// under way; whoever holds the permit goes on holding it until the reply is made.
pub async fn read_ask(
    request: Request,
) -> Result<(Vec<u8>, Option<SemaphorePermit<'static>>), Problem> {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let is_large = length.is_some_and(|length| length > MOST_REQUEST_BYTES);
    let mut permit = if is_large { Some(large().await?) } else { None };
    let most = if is_large { MOST_ASK_BYTES } else { MOST_REQUEST_BYTES };
    let body = read_up_to(request, most).await?;
    match unpack(&body, most) {
        Ok(bytes) => Ok((bytes, permit)),
        // A table of text packs to a tenth.
        Err(FrameError::TooLarge(_)) if permit.is_none() => {
            permit = Some(large().await?);
            let bytes = unpack(&body, MOST_ASK_BYTES).map_err(|error| unreadable(&error))?;
            Ok((bytes, permit))
        }
        Err(error) => Err(unreadable(&error)),
    }
}

async fn large() -> Result<SemaphorePermit<'static>, Problem> {
    LARGE.acquire().await.map_err(|_| Problem::Internal)
}

async fn read_up_to(request: Request, most: usize) -> Result<Bytes, Problem> {
    let body = to_bytes(request.into_body(), most + 1);
    match tokio::time::timeout(SLOWEST, body).await {
        Ok(body) => body.map_err(|_| Problem::TooLarge),
        Err(_) => Err(Problem::Slow),
    }
}

/// The message in a framed body; the limit counts unpacked bytes.
pub fn message<T: Message + Default>(body: &[u8]) -> Result<T, Problem> {
    let bytes = unpack(body, MOST_REQUEST_BYTES).map_err(|error| unreadable(&error))?;
    decode(&bytes)
}

const fn unreadable(error: &FrameError) -> Problem {
    match error {
        FrameError::TooLarge(_) => Problem::TooLarge,
        _ => Problem::Malformed,
    }
}

/// The message in these bytes.
pub fn decode<T: Message + Default>(bytes: &[u8]) -> Result<T, Problem> {
    T::decode(bytes).map_err(|_| Problem::Malformed)
}
