//! The tiles of the fake's dashboards: only their places can be written, by id or by order.

use axum::response::Response;
use serde_json::{Value, json};

use super::fake::said;
use super::objects::Objects;

/// What becomes of a place that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    /// It is kept.
    Kept,
    /// It is accepted and not kept.
    ReadOnly,
    /// As before, but tiles can be put in order.
    ByOrder,
}

#[derive(Clone)]
pub(crate) struct Tile {
    pub(crate) dashboard: u64,
    pub(crate) insight: Option<u64>,
    pub(crate) layouts: Value,
    pub(crate) text: Option<Value>,
}

impl Objects {
    pub(super) fn write_tile(&mut self, dashboard: u64, body: &Value) {
        let Some(id) = body["id"].as_u64() else {
            let tile = Tile {
                dashboard,
                insight: None,
                layouts: json!({}),
                text: Some(body["text"].clone()),
            };
            let id = self.id();
            self.tiles.insert(id, tile);
            return;
        };
        if let (false, Some(layouts)) = (self.places != Places::Kept, body.get("layouts")) {
            self.tiles.get_mut(&id).unwrap().layouts = layouts.clone();
        }
    }

    /// Puts tiles into two columns, in this order.
    pub(crate) fn reorder(&mut self, body: &Value) -> Response {
        if self.places != Places::ByOrder {
            return said(404, &json!({"detail": "Not found."}));
        }
        for (at, id) in body["tile_order"].as_array().unwrap().iter().enumerate() {
            let place = json!({"x": at % 2 * 6, "y": at / 2 * 5, "w": 6, "h": 5});
            let tile = self.tiles.get_mut(&id.as_u64().unwrap()).unwrap();
            tile.layouts = json!({ "sm": place });
        }
        said(200, &json!({}))
    }
}
