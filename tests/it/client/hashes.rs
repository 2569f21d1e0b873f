//! A person's machine has no key that ids could be hashed by, so none is hashed there, and nothing else is lost for that.

use std::sync::Arc;

use decantr::client::control::{self, Given};
use decantr::client::recorder::Recorder;
use decantr::config::{Asked, Product};
use decantr::model::catalog::Catalog;
use decantr::model::event::RawValue;

use super::support::Machine;
use super::terms::{ACCEPTED, enable};

const FORUM: &str = r#"
id = "forum"
schema_version = "1"
accepts = ["1"]
revision = 1
retention_days = 30
sources = ["web"]
never_collected = []
[buckets]
use = "Shows whether the forum is used."
[[events]]
name = "forum.read"
sources = ["web"]
buckets = ["use"]
privacy = "opaque_identity"
public_ingest = true
purpose = "Counts reads."
owner = "forum"
since = 1
properties = [
  { name = "success", type = "bool", required = true, since = 1, purpose = "Whether it worked." },
  { name = "reader", type = "hash", length = 32, reduce = "id_to_hmac", since = 1, purpose = "Who read it." },
]
"#;

#[test]
fn no_id_is_hashed_by_a_constant() {
    let product = Product::of(Arc::new(Catalog::parse(FORUM).unwrap())).unwrap();
    let asked = Asked {
        product: Some(&product),
        ..Asked::default()
    };
    let machine = Machine::new();
    enable(&machine, &asked, control::Terms::default());
    let host = machine.host();
    let made = "0123456789abcdef0123456789abcdef";
    for id in ["me@example.com", made, &format!("hmac-{made}")] {
        let recorder = Recorder::open(&host, &asked, &[]);
        let properties = [("success", RawValue::from(true)), ("reader", id.into())];
        assert_eq!(recorder.record("forum.read", properties), ACCEPTED);
    }
    let leaving = control::preview(&host, &asked, None).unwrap().now.requests;
    let body = &leaving.first().unwrap().body;
    assert!(!body.contains("reader"), "{body}");
    let json =
        format!(r#"{{"name":"forum.read","properties":{{"success":true,"reader":"{made}"}}}}"#);
    let given = Given::from_json(&json, None).unwrap();
    let refused = control::record(&host, &asked, &given, false).unwrap_err();
    assert!(refused.to_string().contains("no key"), "{refused}");
}
