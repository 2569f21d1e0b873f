//! The objects of the fake PostHog, with the traps that are documented of the real one.
//!
//! `dashboards` of an insight replaces the whole set; tags vanish silently; `tiles` of a new dashboard are ignored; fields are added
//! to what was written; reading a dashboard changes it; an insight that is removed takes its alerts with it for good.

use std::collections::BTreeMap;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::computed::{compute, has_computed, merge};
use super::fake::{ELSEWHERE, PROJECT, said};
use super::tiles::{Places, Tile};

pub(crate) struct Objects {
    pub(crate) dashboards: BTreeMap<u64, Value>,
    pub(crate) insights: BTreeMap<u64, Value>,
    pub(crate) cohorts: BTreeMap<u64, Value>,
    pub(crate) alerts: BTreeMap<String, Value>,
    pub(super) tiles: BTreeMap<u64, Tile>,
    next: u64,
    /// How often cohorts were counted anew.
    pub(crate) calculations: usize,
    /// The plan of the project has tags.
    pub(crate) has_tags: bool,
    pub(crate) places: Places,
    /// Lists of insights hold no queries.
    pub(crate) lists_thinly: bool,
    page: usize,
}

impl Default for Objects {
    fn default() -> Self {
        Self {
            dashboards: BTreeMap::new(),
            insights: BTreeMap::new(),
            cohorts: BTreeMap::new(),
            alerts: BTreeMap::new(),
            tiles: BTreeMap::new(),
            next: 100,
            calculations: 0,
            has_tags: false,
            places: Places::Kept,
            lists_thinly: false,
            page: 7,
        }
    }
}

fn error(detail: &str) -> Response {
    said(
        400,
        &json!({"type": "validation_error", "code": "invalid_input", "detail": detail, "attr": "x"}),
    )
}

fn number(object: &Value, field: &str) -> u64 {
    object[field].as_u64().unwrap()
}

impl Objects {
    pub(super) fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Everything that a person would see, without what changes by itself.
    pub(crate) fn visible(&self) -> Value {
        let places: Vec<Value> = self
            .tiles
            .values()
            .map(|tile| json!([tile.dashboard, tile.insight, tile.layouts, tile.text]))
            .collect();
        let mut dashboards = self.dashboards.clone();
        for dashboard in dashboards.values_mut() {
            dashboard
                .as_object_mut()
                .unwrap()
                .retain(|key, _| !key.starts_with("last_"));
        }
        json!([
            dashboards.values().collect::<Vec<_>>(),
            self.insights.values().collect::<Vec<_>>(),
            self.cohorts.values().collect::<Vec<_>>(),
            self.alerts.values().collect::<Vec<_>>(),
            places,
        ])
    }

    /// The tiles of a dashboard.
    pub(crate) fn tile_ids(&self, dashboard: u64) -> Vec<u64> {
        let tiles = self.tiles.iter();
        tiles
            .filter(|(_, tile)| tile.dashboard == dashboard)
            .map(|(id, _)| *id)
            .collect()
    }

    /// The places of all tiles.
    pub(crate) fn tiles_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.tiles.values_mut().map(|tile| &mut tile.layouts)
    }

    /// An insight that somebody made by hand.
    pub(crate) fn add_insight(&mut self, body: Value) -> u64 {
        let id = self.id();
        let object = json!({
            "id": id, "short_id": format!("s{id}"), "name": "", "description": "", "saved": false, "tags": [],
            "query": {}, "dashboards": [], "deleted": false, "result": null,
        });
        self.insights.insert(id, object);
        self.write_insight(id, body);
        id
    }

    /// A dashboard that somebody made by hand.
    pub(crate) fn add_dashboard(&mut self, mut body: Value) -> u64 {
        let id = self.id();
        let map = body.as_object_mut().unwrap();
        map.remove("tiles");
        if !self.has_tags {
            map.insert("tags".to_owned(), json!([]));
        }
        map.insert("id".to_owned(), json!(id));
        map.insert("deleted".to_owned(), json!(false));
        map.insert("created_by".to_owned(), json!({"id": 1}));
        map.insert("last_accessed_at".to_owned(), json!(0));
        self.dashboards.insert(id, body);
        id
    }

    /// A cohort that somebody made by hand.
    pub(crate) fn add_cohort(&mut self, mut body: Value) -> u64 {
        let id = self.id();
        compute(&mut body["filters"]);
        let map = body.as_object_mut().unwrap();
        map.insert("id".to_owned(), json!(id));
        map.insert("is_calculating".to_owned(), json!(true));
        self.calculations += 1;
        self.cohorts.insert(id, body);
        id
    }

    fn write_insight(&mut self, id: u64, body: Value) {
        let Value::Object(body) = body else {
            panic!("not an object")
        };
        for (key, value) in body {
            let object = self.insights.get_mut(&id).unwrap();
            match key.as_str() {
                "tags" if !self.has_tags => {}
                "query" => {
                    let mut value = value;
                    value["version"] = json!(2);
                    object["query"] = value;
                }
                "dashboards" => {
                    object["dashboards"] = value.clone();
                    let wanted: Vec<u64> = value
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|id| id.as_u64().unwrap())
                        .collect();
                    self.tiles.retain(|_, tile| {
                        tile.insight != Some(id) || wanted.contains(&tile.dashboard)
                    });
                    for dashboard in wanted {
                        let is_there = self
                            .tiles
                            .values()
                            .any(|tile| tile.insight == Some(id) && tile.dashboard == dashboard);
                        if !is_there {
                            let tile = self.id();
                            self.tiles.insert(
                                tile,
                                Tile {
                                    dashboard,
                                    insight: Some(id),
                                    layouts: json!({}),
                                    text: None,
                                },
                            );
                        }
                    }
                }
                "deleted" if value == json!(true) => {
                    object["deleted"] = value;
                    self.alerts
                        .retain(|_, alert| number(alert, "insight") != id);
                    self.tiles.retain(|_, tile| tile.insight != Some(id));
                }
                _ => object[key] = value,
            }
        }
        let modified = self.id();
        self.insights.get_mut(&id).unwrap()["last_modified_at"] = json!(modified);
    }

    fn write_dashboard(&mut self, id: u64, body: Value) {
        let Value::Object(body) = body else {
            panic!("not an object")
        };
        for (key, value) in body {
            match key.as_str() {
                "tiles" => value
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(|tile| self.write_tile(id, tile)),
                "tags" if !self.has_tags => {}
                _ => self.dashboards.get_mut(&id).unwrap()[key] = value,
            }
        }
        let modified = self.id();
        self.dashboards.get_mut(&id).unwrap()["last_modified_at"] = json!(modified);
    }

    fn show_dashboard(&mut self, id: u64) -> Value {
        let accessed = self.id();
        let object = self.dashboards.get_mut(&id).unwrap();
        object["last_accessed_at"] = json!(accessed);
        let mut shown = object.clone();
        let tiles = self.tiles.iter().filter(|(_, tile)| tile.dashboard == id);
        let tiles: Vec<Value> = tiles
            .map(|(tile_id, tile)| {
                let insight = tile.insight.map(|id| self.insights[&id].clone());
                let layouts = &tile.layouts;
                json!({"id": tile_id, "insight": insight, "layouts": layouts, "color": null, "text": tile.text})
            })
            .collect();
        shown["tiles"] = json!(tiles);
        shown
    }

    fn show_alert(&self, alert: &Value) -> Value {
        let mut shown = alert.clone();
        let insight = number(alert, "insight");
        shown["insight"] = json!({"id": insight, "name": self.insights[&insight]["name"]});
        shown["state"] = json!("Not firing");
        shown["threshold"]["id"] = json!("0190-threshold");
        shown
    }

    /// Answers a request for a kind of objects.
    pub(crate) fn answer(
        &mut self,
        method: &Method,
        kind: &str,
        id: Option<&str>,
        query: &str,
        body: Value,
    ) -> Response {
        match (method.as_str(), id) {
            ("GET", None) => self.list(kind, query),
            ("POST", None) => self.make(kind, body),
            ("GET", Some(id)) => self.show(kind, id),
            ("PATCH", Some(id)) => self.set(kind, id, body),
            ("DELETE", Some(_)) if kind != "alerts" => {
                said(405, &json!({"detail": "Method not allowed."}))
            }
            ("DELETE", Some(id)) => {
                self.alerts.remove(id);
                said(204, &json!({}))
            }
            _ => said(405, &json!({})),
        }
    }

    fn list(&mut self, kind: &str, query: &str) -> Response {
        let alerts: Vec<Value> = self
            .alerts
            .values()
            .map(|alert| self.show_alert(alert))
            .collect();
        let mut all: Vec<Value> = match kind {
            "dashboards" => self.dashboards.values().cloned().collect(),
            "insights" => self.insights.values().cloned().collect(),
            "cohorts" => self.cohorts.values().cloned().collect(),
            _ => alerts,
        };
        all.retain(|object| object["deleted"] != json!(true));
        if kind == "insights" && self.lists_thinly {
            for object in &mut all {
                object
                    .as_object_mut()
                    .unwrap()
                    .retain(|key, _| !["query", "dashboards"].contains(&key.as_str()));
            }
        }
        let values: BTreeMap<&str, &str> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let offset: usize = values.get("offset").map_or(0, |text| text.parse().unwrap());
        let page: Vec<&Value> = all.iter().skip(offset).take(self.page).collect();
        let end = offset + page.len();
        let next = (end < all.len())
            .then(|| format!("{ELSEWHERE}/api/projects/{PROJECT}/{kind}/?limit=100&offset={end}"));
        said(
            200,
            &json!({"count": all.len(), "next": next, "previous": null, "results": page}),
        )
    }

    fn make(&mut self, kind: &str, mut body: Value) -> Response {
        match kind {
            "dashboards" => {
                let id = self.add_dashboard(body);
                let shown = self.show_dashboard(id);
                said(201, &shown)
            }
            "insights" => {
                let id = self.add_insight(body);
                said(201, &self.insights[&id])
            }
            "cohorts" if has_computed(&body) => error("Extra inputs are not permitted"),
            "cohorts" => {
                let id = self.add_cohort(body);
                said(201, &self.cohorts[&id])
            }
            _ if body.get("subscribed_users").is_none() => error("This field is required."),
            _ => {
                let id = format!("0190-{}", self.id());
                body["id"] = json!(id);
                self.alerts.insert(id.clone(), body);
                said(201, &self.show_alert(&self.alerts[&id]))
            }
        }
    }

    fn show(&mut self, kind: &str, id: &str) -> Response {
        let found = match (kind, id.parse()) {
            ("dashboards", Ok(id)) if self.dashboards.contains_key(&id) => {
                Some(self.show_dashboard(id))
            }
            ("insights", Ok(id)) => self.insights.get(&id).cloned(),
            ("cohorts", Ok(id)) => self.cohorts.get(&id).cloned(),
            _ => None,
        };
        found.map_or_else(
            || said(404, &json!({"detail": "Not found."})),
            |found| said(200, &found),
        )
    }

    fn set(&mut self, kind: &str, id: &str, body: Value) -> Response {
        if kind == "alerts" {
            merge(self.alerts.get_mut(id).unwrap(), &body);
            return said(200, &self.show_alert(&self.alerts[id]));
        }
        let id: u64 = id.parse().unwrap();
        match kind {
            "dashboards" => self.write_dashboard(id, body),
            "insights" => self.write_insight(id, body),
            _ if has_computed(&body) => return error("Extra inputs are not permitted"),
            _ => {
                let object = self.cohorts.get_mut(&id).unwrap();
                merge(object, &body);
                compute(&mut object["filters"]);
                self.calculations += 1;
            }
        }
        self.show(kind, &id.to_string())
    }
}
