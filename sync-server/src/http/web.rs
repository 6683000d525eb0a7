//! The browser's pages, from a directory.

use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

/// Files under this path carry their hash in their name and never change.
const HASHED: &str = "/v/";

/// Answers from the directory `root`: a file, or for whatever page of the application is asked for
/// its one page.
pub async fn serve(root: &Path, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed").into_response();
    }
    let path = request.uri().path().to_owned();
    let again = copy_of(&request);
    let response = file(root, request).await;
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
    if response.status() != StatusCode::NOT_FOUND || !is_page || path.starts_with(HASHED) {
        return with_cache(response, &path);
    }
    let mut again = again;
    *again.uri_mut() = Uri::from_static("/index.html");
    with_cache(file(root, again).await, "/index.html")
}

/// The same request without its body; pages have none.
fn copy_of(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

async fn file(root: &Path, request: Request) -> Response {
    let mut files = ServeDir::new(root).precompressed_br().append_index_html_on_directories(true);
    match files.try_call(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) if is_missing(&error) => (StatusCode::NOT_FOUND, "not_found").into_response(),
        // A path that leads through a file where a folder should be comes as an error, not as 404.
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            (StatusCode::NOT_FOUND, "not_found").into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be read");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response()
        }
    }
}

fn is_missing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied | InvalidFilename)
}

/// Hashed files stay in the browser for good; everything else is asked for again each time.
fn with_cache(mut response: Response, path: &str) -> Response {
    let is_good = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let cache = if path.starts_with(HASHED) && is_good {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}
