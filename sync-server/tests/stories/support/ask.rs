//! Online questions, and the people and households they are about.

use std::sync::atomic::{AtomicU64, Ordering};

use prost::Message;
use yidang_api::{Fault, FaultCode, Question};
use yidang_documents::{Edit, RegisterPath, Scalar};
use yidang_domain::calendar::yanchang_2026;
use yidang_domain::civil::{InstantMs, date_after};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;
use yidang_domain::org::{Assignment, Role, Staff};
use yidang_sync_protocol::{AskReply, AskRequest, SignedAsk, frame};
use yidang_sync_server::App;
use yidang_sync_server::register::RegisterData;

use super::{COUNTY, Device, Town, post};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A name that no question had before.
pub fn fresh_name() -> Vec<u8> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    [[0; 8], number.to_be_bytes()].concat()
}

impl Device {
    pub async fn ask<Q: Question>(&self, app: &App, question: &Q) -> Result<Q::Reply, Fault> {
        self.ask_as(app, fresh_name(), question).await
    }

    /// Asks under a name that may have been used before.
    pub async fn ask_as<Q: Question>(
        &self,
        app: &App,
        ask: Vec<u8>,
        question: &Q,
    ) -> Result<Q::Reply, Fault> {
        let json = serde_json::to_string(question).unwrap();
        let request = AskRequest { ask, name: Q::NAME.into(), json };
        let signed = SignedAsk::new(&self.signed.id(), &request, &self.seed);
        let (_, body) = post(app, "/v1/ask", frame::pack(&signed.encode_to_vec())).await;
        let reply = AskReply::decode(frame::unpack(&body, 64 << 20).unwrap().as_slice()).unwrap();
        if reply.fault.is_empty() {
            return Ok(serde_json::from_str(&reply.json).unwrap());
        }
        Err(serde_json::from_str(&reply.fault).unwrap())
    }

    /// Asks what must be refused; gives the code and the field it is about.
    pub async fn refused<Q: Question>(&self, app: &App, question: &Q) -> (FaultCode, String) {
        match self.ask(app, question).await {
            Ok(_) => panic!("{} was answered", Q::NAME),
            Err(fault) => (fault.code, fault.field.unwrap_or_default()),
        }
    }

    /// Writes down a household with its head and one more member.
    pub fn open_household(
        &mut self,
        n: u8,
        grid: &str,
        door_plate: &str,
        people: [(&str, &str); 2],
        at: InstantMs,
    ) -> DocumentId {
        let text = |text: &str| Scalar::Text(text.into());
        let fact = |field, value| Edit::Set(RegisterPath::of("facts", field), text(value));
        let member = |relation, (name, phone): (&str, &str)| {
            let fields = [("name", name), ("relation", relation), ("phone", phone)];
            let fields = fields.into_iter().map(|(field, value)| (field, text(value)));
            Edit::AddItem("members", fields.collect())
        };
        let id = self.begin(DocumentKind::Household, DocumentId::from_bytes([n; 16]), grid);
        let edits = [
            fact("head", people[0].0),
            fact("door_plate", door_plate),
            fact("address", "下盘石村上院"),
            fact("grid", grid),
            member("户主", people[0]),
            member("配偶", people[1]),
        ];
        self.write(id, &edits, at);
        id
    }
}

impl Town {
    /// Somebody new of the register.
    pub fn hire(&self, user: &str, name: &str, org: &str, role: Role) {
        let from = date_after(self.clock.today(), -100);
        let data = RegisterData {
            users: vec![Staff { user: user.into(), name: name.into(), phone: String::new() }],
            assignments: vec![Assignment {
                user: user.into(),
                org: org.into(),
                role,
                from,
                to: None,
            }],
            calendar: yanchang_2026(),
            ..RegisterData::default()
        };
        self.app.put_register(&data).unwrap();
    }

    /// 冯例八 administers the county; at her desk.
    pub async fn administrator(&self) -> Device {
        self.hire("u-feng", "冯例八", COUNTY, Role::Administrator);
        self.device("u-feng").await
    }
}
