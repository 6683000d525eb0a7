//! What people do with their devices: they look at what is listed, and write what they may.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use yidang_domain::org::Role;

use crate::devices::{Form, Phone, Said};
use crate::dice::Dice;
use crate::faults::Fault;
use crate::oracle::{Ledger, Promise, What};
use crate::places::{grids_under, village_of};
use crate::world::World;

/// No phone keeps more forms open.
const MOST_FORMS: usize = 3;
/// Faults that no question here may end with: they are defects.
const DEFECTS: [&str; 3] = ["\"internal\"", "\"store_damaged\"", "\"needs_update\""];

/// Whether a fault is one that no question here may end with.
pub fn is_defect(fault: &str) -> bool {
    DEFECTS.iter().any(|word| fault.contains(word))
}

/// Somebody with a device in hand.
pub struct Hand<'a> {
    /// The county.
    pub world: &'a mut World,
    /// What is promised.
    pub ledger: &'a mut Ledger,
    /// Which device.
    pub nth: usize,
    /// What they feel like doing.
    pub dice: &'a mut Dice,
}

/// What somebody is about to write.
struct Writing {
    document: Option<String>,
    what: What,
    token: String,
}

impl Hand<'_> {
    /// Does one thing, if there is one to do.
    pub fn act(&mut self) -> Result<()> {
        let role = self.phone().person.role;
        let has_homes = matches!(role, Role::GridWorker | Role::VillageCadre);
        match self.dice.below(100) {
            0..15 => self.open_case(),
            15..22 if role != Role::CountyClerk => self.visit_day(),
            22..45 if has_homes => self.home(),
            45..55 if !self.phone().forms.is_empty() => self.save_old_form(),
            _ => self.write_case(),
        }
    }

    fn phone(&mut self) -> &mut Phone {
        &mut self.world.phones[self.nth]
    }

    fn org(&self) -> Option<String> {
        let user = self.world.phones[self.nth].person.user;
        self.world.orgs_of(user, self.world.today()).first().map(|org| (*org).to_owned())
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.dice.place(list.len())).cloned()
    }

    /// Words nobody wrote before, by which they are found again.
    fn words(&mut self, what: &str) -> (String, String) {
        let token = self.ledger.token();
        (format!("{what}{token}"), token)
    }

    /// Puts a question that writes. Where it is answered, 已存本机 was said.
    fn save(&mut self, name: &str, question: &Value, writing: Writing) -> Result<()> {
        let said = self.phone().ask(name, question)?;
        let called = self.phone().called();
        let token = &writing.token;
        match said {
            Said::Yes(reply) => {
                let document = writing.document.or_else(|| reply["id"].as_str().map(str::to_owned));
                let Some(document) = document else { bail!("{name} names no document") };
                self.world.tell(format!("{called} saves {name} {token} into {document}"));
                let is_stolen = self.world.phones[self.nth].is_revoked;
                self.ledger.promises.push(Promise {
                    is_stolen,
                    token: writing.token,
                    document,
                    what: writing.what,
                    phone: self.nth,
                    day: self.world.day,
                    name: name.to_owned(),
                    is_wiped: false,
                });
                Ok(())
            }
            Said::No(fault) if is_defect(&fault) => {
                bail!("{called} answers {name} with a defect: {fault}")
            }
            Said::No(_) => Ok(()),
            Said::Ended => bail!("{called} ends within {name}"),
        }
    }

    /// What a question that only reads says, if anything.
    fn read(&mut self, name: &str, question: &Value) -> Result<Option<Value>> {
        match self.phone().ask(name, question)? {
            Said::Yes(reply) => Ok(Some(reply)),
            Said::No(fault) if is_defect(&fault) => {
                bail!("{} answers {name} with a defect: {fault}", self.phone().called())
            }
            Said::No(_) => Ok(None),
            Said::Ended => bail!("{} ends within {name}", self.phone().called()),
        }
    }

    fn open_case(&mut self) -> Result<()> {
        let Some(org) = self.org() else { return Ok(()) };
        let Some(grid) = self.pick(&grids_under(&org)) else { return Ok(()) };
        let (matter, token) = self.words("冯例八和邻居为排水沟");
        let party = json!({ "name": "冯例八", "side": "a", "phone": "12000000008" });
        let question = json!({ "matter": matter, "category": "0901", "place": "后沟",
            "occurred_on": self.world.today(), "parties": [party], "risk": 3, "source": "01",
            "people": 2, "grid": grid, "visit_day": null });
        self.save("open_case_file", &question, Writing { document: None, what: What::Words, token })
    }

    fn write_case(&mut self) -> Result<()> {
        let cases = self.phone().cases()?;
        let Some(case) = self.pick(&cases) else { return self.open_case() };
        let Some(view) = self.read("case_file", &json!({ "id": case }))? else { return Ok(()) };
        self.keep_form_open(&case, &view);
        let clashes = view["clashes"].as_array().cloned().unwrap_or_default();
        let open: Vec<Value> =
            clashes.into_iter().filter(|clash| clash["may_decide"] == true).collect();
        if let Some(clash) = self.pick(&open)
            && self.dice.permille(600)
        {
            return self.resolve(&case, &view, &clash);
        }
        let mut choices = Vec::new();
        for act in view["acts"].as_array().into_iter().flatten() {
            let (word, times) = match (act.as_str(), act["add"].as_str()) {
                (Some("edit_case_file"), _) => ("place", 4),
                (_, Some(kind @ ("visit" | "accepted"))) => (kind, 3),
                (_, Some(kind)) => (kind, 1),
                _ => continue,
            };
            choices.extend(std::iter::repeat_n(word.to_owned(), times));
        }
        match self.pick(&choices).as_deref() {
            Some("place") if self.dice.permille(300) => self.add_party(&case, &view),
            Some("place") => self.set_place(&case, &view["heads"], &place_in(&view)),
            Some(kind) => self.add_entry(&case, &view, kind),
            None => Ok(()),
        }
    }

    /// Leaves a form open that was looked at now and is saved some time later.
    fn keep_form_open(&mut self, case: &str, view: &Value) {
        let chance = self.world.faults().chance(Fault::OldForm);
        if self.dice.permille(chance) && self.phone().forms.len() < MOST_FORMS {
            let form =
                Form { case: case.to_owned(), heads: view["heads"].clone(), saw: place_in(view) };
            self.phone().forms.push(form);
        }
    }

    fn save_old_form(&mut self) -> Result<()> {
        let place = self.dice.place(self.world.phones[self.nth].forms.len());
        let form = self.phone().forms.remove(place);
        self.world.count(Fault::OldForm);
        self.set_place(&form.case, &form.heads, &form.saw)
    }

    fn set_place(&mut self, case: &str, heads: &Value, saw: &str) -> Result<()> {
        let (value, token) = self.words("后沟第三户门前");
        let question = json!({ "case": case, "field": "place", "value": value, "heads": heads });
        let what = What::Fact { field: "facts.place", saw: saw.to_owned() };
        self.save("set_fact", &question, Writing { document: Some(case.to_owned()), what, token })
    }

    fn add_party(&mut self, case: &str, view: &Value) -> Result<()> {
        let (name, token) = self.words("呼样七");
        let party = json!({ "name": name, "side": "b", "phone": "" });
        let question = json!({ "case": case, "party": party, "heads": view["heads"] });
        self.in_words("add_party", &question, case, token)
    }

    fn in_words(&mut self, name: &str, question: &Value, of: &str, token: String) -> Result<()> {
        let document = Some(of.to_owned());
        self.save(name, question, Writing { document, what: What::Words, token })
    }

    fn add_entry(&mut self, case: &str, view: &Value, kind: &str) -> Result<()> {
        let (words, token) = self.words("两家都在，说了");
        let entry = match kind {
            "visit" | "close_asked" | "closed" => json!({ "kind": kind, "words": words }),
            "mediation_session" => json!({ "kind": kind, "place": "村委会", "words": words,
                "consent": true, "open": false }),
            "agreement" => json!({ "kind": kind, "form": "oral", "words": words }),
            "returned" => json!({ "kind": kind, "field": "facts.place", "reason": words }),
            "reopened" => json!({ "kind": kind, "reason": words }),
            "accepted" => json!({ "kind": kind }),
            _ => return Ok(()),
        };
        let question = json!({ "case": case, "entry": entry, "on": self.world.today(),
            "heads": view["heads"] });
        if kind == "accepted" {
            // It says nothing by which it could be found again.
            self.read("add_entry", &question)?;
            let called = self.phone().called();
            self.world.tell(format!("{called} accepts {case}"));
            return Ok(());
        }
        self.in_words("add_entry", &question, case, token)
    }

    fn resolve(&mut self, case: &str, view: &Value, clash: &Value) -> Result<()> {
        let values = clash["values"].as_array().cloned().unwrap_or_default();
        let Some(value) = self.pick(&values) else { return Ok(()) };
        let question = json!({ "case": case, "field": clash["field"], "value": value["value"],
            "heads": view["heads"] });
        self.read("resolve", &question)?;
        let called = self.phone().called();
        self.world.tell(format!("{called} settles {} of {case}", clash["field"]));
        Ok(())
    }

    fn visit_day(&mut self) -> Result<()> {
        let Some(org) = self.org() else { return Ok(()) };
        let Some(grid) = self.pick(&grids_under(&org)) else { return Ok(()) };
        let Some(village) = village_of(&grid).map(str::to_owned) else { return Ok(()) };
        let question = json!({ "village": village, "nominal": null });
        let Some(view) = self.read("visit_day", &question)? else { return Ok(()) };
        let (id, nominal) = (view["id"].as_str().unwrap_or_default(), view["nominal"].as_str());
        let nominal = nominal.unwrap_or_default().to_owned();
        self.ledger.visit_days.insert(id.to_owned(), (village.clone(), nominal.clone()));
        let walk_ins = view["walk_ins"].as_array().cloned().unwrap_or_default();
        let open: Vec<Value> =
            walk_ins.into_iter().filter(|walk_in| walk_in["answer"].is_null()).collect();
        if let Some(walk_in) = self.pick(&open)
            && self.dice.permille(400)
        {
            let (words, token) = self.words("已经告诉他");
            let entry =
                json!({ "kind": "walk_in_answered", "walk_in": walk_in["key"], "words": words });
            let question = json!({ "village": village, "nominal": nominal, "entry": entry,
                "heads": view["heads"] });
            return self.in_words("add_visit_entry", &question, id, token);
        }
        let (matter, token) = self.words("问低保的事");
        let question = json!({ "village": village, "nominal": nominal, "visitors": "冯例八",
            "people": 2, "matter": matter, "case_file": null });
        self.in_words("register_walk_in", &question, id, token)
    }

    fn home(&mut self) -> Result<()> {
        let Some(org) = self.org() else { return Ok(()) };
        let homes = self.phone().households()?;
        let home = self.pick(&homes).filter(|_| !self.dice.permille(250));
        let Some(home) = home else { return self.open_home(&org) };
        let question = json!({ "id": home });
        let Some(view) = self.read("household", &question)? else { return Ok(()) };
        let heads = &view["heads"];
        match self.dice.below(100) {
            0..30 => {
                let (value, token) = self.words("要送药");
                let saw = fact_in(&view, "needs");
                let question = json!({ "household": home, "field": "needs", "value": value,
                    "heads": heads });
                let what = What::Fact { field: "facts.needs", saw };
                let document = Some(home);
                self.save("set_household_fact", &question, Writing { document, what, token })
            }
            30..55 => {
                let (name, token) = self.words("冯例");
                let member = json!({ "name": name, "relation": "子", "birth_year": 1999,
                    "phone": "" });
                let question = json!({ "household": home, "member": member, "heads": heads });
                self.in_words("add_member", &question, &home, token)
            }
            55..85 => {
                let (words, token) = self.words("老人在家");
                let entry = json!({ "kind": "household_seen", "words": words });
                let question = json!({ "household": home, "entry": entry,
                    "on": self.world.today(), "heads": heads });
                self.in_words("add_household_entry", &question, &home, token)
            }
            _ => self.move_home(&home, heads),
        }
    }

    fn open_home(&mut self, org: &str) -> Result<()> {
        let Some(grid) = self.pick(&grids_under(org)) else { return Ok(()) };
        let (head, token) = self.words("冯例八");
        let member =
            json!({ "name": "冯例八", "relation": "户主", "birth_year": 1961, "phone": "" });
        let question = json!({ "grid": grid, "head": head, "address": "后沟", "door_plate": "3-01",
            "household_no": "", "members": [member] });
        self.save("open_household", &question, Writing { document: None, what: What::Words, token })
    }

    fn move_home(&mut self, home: &str, heads: &Value) -> Result<()> {
        let question = json!({ "household": home });
        let Some(villages) = self.read("move_targets", &question)? else { return Ok(()) };
        let villages = villages.as_array().cloned().unwrap_or_default();
        let grids: Vec<Value> = villages
            .iter()
            .flat_map(|village| village["grids"].as_array().cloned().unwrap_or_default())
            .collect();
        let Some(grid) = self.pick(&grids) else { return Ok(()) };
        let (reason, token) = self.words("搬到新房");
        let question =
            json!({ "household": home, "to": grid["org"], "reason": reason, "heads": heads });
        self.in_words("move_household", &question, home, token)
    }
}

fn fact_in(view: &Value, field: &str) -> String {
    let facts = view["facts"].as_array().into_iter().flatten();
    let mut found = facts.filter(|fact| fact["field"] == field);
    found.next().and_then(|fact| fact["value"].as_str()).unwrap_or_default().to_owned()
}

fn place_in(view: &Value) -> String {
    fact_in(view, "place")
}
