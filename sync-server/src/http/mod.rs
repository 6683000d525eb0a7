//! The server's pages: thin shells around [`App`].

mod body;
mod demo;
mod web;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use prost::Message;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use yidang_sync_protocol::enrol::EnrolRequest;
use yidang_sync_protocol::{AskRequest, HealRequest, SignedAsk, SignedRequest, SyncRequest, frame};

use crate::app::App;
use crate::watch::{CONTENT_TYPE, Route};
use body::Problem;

/// Seconds after which a busy server may be asked again.
const RETRY_AFTER: &str = "2";

#[derive(Clone)]
struct Server {
    app: App,
    busy: Arc<Semaphore>,
}

/// Where a request came from. None for requests that came over no network.
#[derive(Debug, Clone, Copy)]
struct Peer(Option<IpAddr>);

impl Peer {
    /// On this machine, and not handed on by a proxy.
    fn of(request: &Request) -> Self {
        let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Self(info.map(|info| info.0.ip()))
    }

    const fn is_here(self) -> bool {
        match self.0 {
            Some(ip) => ip.is_loopback(),
            None => true,
        }
    }
}

/// The whole server as a service.
pub fn router(app: App) -> Router {
    let busy = Arc::new(Semaphore::new(app.most_requests()));
    let is_demo = app.county().demo;
    let web = app.web().map(std::path::Path::to_owned);
    let server = Server { app, busy };
    let mut work = Router::new()
        .route("/v1/enrol", post(enrol))
        .route("/v1/sync", post(sync))
        .route("/v1/ask", post(ask))
        .route("/v1/heal", post(heal));
    if is_demo {
        work = work
            .route("/v1/demo/people", get(demo::people))
            .route("/v1/demo/code", post(demo::code));
    }
    let work = work.layer(middleware::from_fn_with_state(server.clone(), admit));
    let routes = Router::new()
        .merge(work)
        .route("/v1/health", get(health))
        .route("/v1/ready", get(ready))
        .route("/v1", any(not_found))
        .route("/v1/{*rest}", any(not_found))
        .with_state(server.clone());
    let routes = match web {
        Some(root) => {
            routes.fallback(move |request: Request| async move { web::serve(&root, request).await })
        }
        None => routes.fallback(not_found),
    };
    let fixed = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(
            header::HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    routes
        .layer(middleware::from_fn_with_state(server, watched))
        .layer(fixed("cross-origin-opener-policy", "same-origin"))
        .layer(fixed("cross-origin-resource-policy", "same-origin"))
        .layer(fixed("x-content-type-options", "nosniff"))
        .layer(fixed("referrer-policy", "no-referrer"))
        .layer(CatchPanicLayer::new())
}

/// The numbers about the server's work, for a listener of their own.
pub fn metrics_router(app: App) -> Router {
    Router::new().route("/metrics", get(metrics)).fallback(not_found).with_state(app)
}

async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let text = blocking(move || Ok(app.metrics()?)).await?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

/// Counts every request by way and status, and tells of those that failed. Paths are never told: they
/// may be anything.
async fn watched(State(server): State<Server>, request: Request, next: Next) -> Response {
    let route = Route::of(request.uri().path());
    let began = Instant::now();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    server.app.watch().counters.answered(route, status, took);
    let (route, ms) = (route.name(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    if response.status().is_server_error() {
        tracing::warn!(route, status, ms, "answered");
    } else if response.status().is_client_error() {
        tracing::info!(route, status, ms, "answered");
    } else {
        tracing::debug!(route, status, ms, "answered");
    }
    response
}

/// Lets a bounded number of requests in; the others come again later instead of making everybody
/// wait.
async fn admit(State(server): State<Server>, request: Request, next: Next) -> Response {
    match Arc::clone(&server.busy).try_acquire_owned() {
        Ok(_permit) => next.run(request).await,
        Err(_) => {
            let busy = [(header::RETRY_AFTER, RETRY_AFTER)];
            (StatusCode::SERVICE_UNAVAILABLE, busy, "busy").into_response()
        }
    }
}

async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "not_found").into_response()
}

async fn health(State(server): State<Server>) -> Response {
    let probe = tokio::task::spawn_blocking(move || server.app.store().probe()).await;
    match probe {
        Ok(Ok(())) => (StatusCode::OK, "ok").into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "database").into_response(),
    }
}

/// Whether it can work, for whoever watches. Not for a proxy: devices must reach a server that heals.
async fn ready(State(server): State<Server>) -> Result<Response, Problem> {
    let readiness = blocking(move || Ok(server.app.readiness())).await?;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, [(header::CACHE_CONTROL, "no-store")], Json(readiness)).into_response())
}

/// Runs what blocks where blocking is allowed.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::Internal)?
}

fn packed(message: &impl Message) -> Vec<u8> {
    frame::pack(&message.encode_to_vec())
}

fn framed(body: Vec<u8>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store")];
    (headers, Body::from(body)).into_response()
}

async fn enrol(State(server): State<Server>, request: Request) -> Result<Response, Problem> {
    let peer = Peer::of(&request);
    let body = body::read(request).await?;
    let reply = blocking(move || {
        let request: EnrolRequest = body::message(&body)?;
        Ok(packed(&server.app.enrol(&request, peer.0)?))
    })
    .await?;
    Ok(framed(reply))
}

async fn ask(State(server): State<Server>, request: Request) -> Result<Response, Problem> {
    let (body, _permit) = body::read_ask(request).await?;
    let reply = blocking(move || {
        let signed: SignedAsk = body::decode(&body)?;
        let caller = server.app.asker(&signed)?;
        let request =
            AskRequest::decode(signed.request.as_slice()).map_err(|_| Problem::Malformed)?;
        Ok(packed(&server.app.ask(&caller, &request)?))
    })
    .await?;
    Ok(framed(reply))
}

async fn sync(State(server): State<Server>, request: Request) -> Result<Response, Problem> {
    let body = body::read(request).await?;
    let reply = blocking(move || {
        let signed: SignedRequest = body::message(&body)?;
        let caller = server.app.caller(&signed)?;
        let request: SyncRequest = body::decode(&signed.request)?;
        if let Some(seconds) = server.app.hold_up(&caller, &request.push)? {
            return Err(Problem::TooOften { seconds });
        }
        Ok(packed(&server.app.sync(&caller, &request)?))
    })
    .await?;
    Ok(framed(reply))
}

async fn heal(State(server): State<Server>, request: Request) -> Result<Response, Problem> {
    let body = body::read(request).await?;
    let reply = blocking(move || {
        let signed: SignedRequest = body::message(&body)?;
        let caller = server.app.caller(&signed)?;
        let request: HealRequest = body::decode(&signed.request)?;
        Ok(packed(&server.app.heal(&caller, &request)?))
    })
    .await?;
    Ok(framed(reply))
}
