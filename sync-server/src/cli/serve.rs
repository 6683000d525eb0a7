//! `serve` and `demo`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::net::TcpListener;
use tokio::signal;
use tokio::sync::Notify;

use super::Serving;
use crate::app::{App, Options, open};
use crate::clock::Clock;
use crate::demo::Profile;
use crate::http::{metrics_router, router};

/// Requests under way get this long to end.
const GRACE: Duration = Duration::from_secs(20);

/// Serves a county, or the demo county of a profile.
pub(super) fn serve(serving: &Serving, demo: Option<Profile>) -> Result<()> {
    let clock = serving.today.map_or_else(Clock::system, Clock::on);
    let options = Options {
        demo: demo.is_some(),
        profile: demo.unwrap_or_default(),
        web: serving.web.clone(),
        ..super::options(&serving.data)?.with_clock(clock)
    };
    if let Some(address) = serving.metrics_listen
        && !address.ip().is_loopback()
    {
        bail!("--metrics-listen takes an address of this machine alone, such as 127.0.0.1:9187");
    }
    let app = open(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(serving.listen)
            .await
            .with_context(|| format!("cannot listen on {}", serving.listen))?;
        let address = listener.local_addr()?;
        tracing::info!(%address, county = app.county().code, demo = app.county().demo, "serving");
        if let Some(wish) = serving.metrics_listen {
            tell_metrics(&app, wish).await?;
        }
        let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
        let asked = Arc::new(Notify::new());
        let told = Arc::clone(&asked);
        let stop = async move {
            stopped().await;
            told.notify_one();
        };
        let patience = async {
            asked.notified().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            served = axum::serve(listener, service).with_graceful_shutdown(stop) => served?,
            () = patience => tracing::warn!("some requests did not end in time"),
        }
        anyhow::Ok(())
    })?;
    runtime.shutdown_timeout(GRACE / 4);
    tracing::info!("stopped");
    Ok(())
}

/// Tells the numbers about the server's work on a listener of their own, until the server ends.
async fn tell_metrics(app: &App, wish: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(wish)
        .await
        .with_context(|| format!("cannot listen on {wish} for metrics"))?;
    let metrics = listener.local_addr()?;
    tracing::info!(%metrics, "telling metrics");
    let service = metrics_router(app.clone()).into_make_service();
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, service).await {
            tracing::error!(%error, "metrics are told no more");
        }
    });
    Ok(())
}

/// Ends when the machine or a person asks the server to stop.
async fn stopped() {
    let interrupt = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
    tracing::info!("stopping");
}
