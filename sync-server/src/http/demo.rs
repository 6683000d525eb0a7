//! Who can be tried out, on a demo server and from this machine only.

use axum::Json;
use axum::extract::{Request, State};
use serde::{Deserialize, Serialize};
use yidang_api::session::DemoPerson;
use yidang_domain::ids::UserId;

use super::body::{self, Problem};
use super::{Peer, Server, blocking};

#[derive(Deserialize)]
struct CodeRequest {
    user: UserId,
}

#[derive(Serialize)]
pub(super) struct CodeReply {
    code: String,
}

/// Requests that a proxy hands on come from elsewhere, whatever their address says.
fn only_here(request: &Request) -> Result<(), Problem> {
    let is_handed_on = ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    if Peer::of(request).is_here() && !is_handed_on { Ok(()) } else { Err(Problem::NotFound) }
}

pub(super) async fn people(
    State(server): State<Server>,
    request: Request,
) -> Result<Json<Vec<DemoPerson>>, Problem> {
    only_here(&request)?;
    let people = blocking(move || Ok(server.app.demo_people()?)).await?;
    Ok(Json(people))
}

pub(super) async fn code(
    State(server): State<Server>,
    request: Request,
) -> Result<Json<CodeReply>, Problem> {
    only_here(&request)?;
    let body = body::read(request).await?;
    let wanted: CodeRequest = serde_json::from_slice(&body).map_err(|_| Problem::Malformed)?;
    let code = blocking(move || {
        let people = server.app.demo_people()?;
        if !people.iter().any(|person| person.user == wanted.user) {
            return Err(Problem::NotFound);
        }
        Ok(server.app.create_code(&wanted.user)?)
    })
    .await?;
    Ok(Json(CodeReply { code }))
}
