//! Where the tiles of the dashboard are: two columns, in the order of the insights.

use serde_json::{Value, json};

use super::Options;
use super::diff::{Difference, differences};
use super::kind::id_of;
use super::live::Live;
use crate::server::posthog::spec::Spec;

/// A tile that is not where it is to be.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) difference: Difference,
    /// The tile with its new place, as PostHog takes it.
    pub(super) tile: Value,
}

/// The place of the tile at this position: two columns of 6 by 5, which is also how PostHog itself lays out tiles in order.
fn place(position: usize) -> Value {
    json!({ "x": position % 2 * 6, "y": position / 2 * 5, "w": 6, "h": 5 })
}

/// The tiles of our insights that are not where they are to be. Tiles of others are left alone.
pub(super) fn moves(spec: &Spec, live: &Live, dashboard: &Value, options: Options) -> Vec<Move> {
    let mut moves = Vec::new();
    for (position, item) in spec.insights.iter().enumerate() {
        let id = live.insights.get(item.key).and_then(id_of);
        let Some(tile) = id.and_then(|id| tile_of(dashboard, &id)) else {
            continue;
        };
        let at = tile.pointer("/layouts/sm").unwrap_or(&Value::Null);
        let has_place = at.get("w").is_some();
        let wanted = place(position);
        let fields = wanted.as_object().cloned().unwrap_or_default();
        if (options.keep_layout && has_place) || differences(&fields, at).is_empty() {
            continue;
        }
        let mut layouts = tile
            .get("layouts")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        drop(layouts.insert("sm".to_owned(), wanted.clone()));
        moves.push(Move {
            difference: Difference {
                path: format!("tile of {:?}", item.name()),
                from: at.clone(),
                to: wanted,
            },
            tile: json!({ "id": tile.get("id"), "layouts": layouts }),
        });
    }
    moves
}

/// The ids of all tiles in the order of our insights; nothing when a tile is not ours.
pub(super) fn order(spec: &Spec, live: &Live, dashboard: &Value) -> Option<Vec<Value>> {
    let ids = spec.insights.iter().filter_map(|item| {
        let id = live.insights.get(item.key).and_then(id_of)?;
        tile_of(dashboard, &id)?.get("id").cloned()
    });
    let ids: Vec<Value> = ids.collect();
    (ids.len() == tiles(dashboard).count()).then_some(ids)
}

/// The tiles that are there.
fn tiles(dashboard: &Value) -> impl Iterator<Item = &Value> {
    let tiles = dashboard.get("tiles").and_then(Value::as_array);
    let is_gone = |tile: &&Value| tile.get("deleted").and_then(Value::as_bool) == Some(true);
    tiles
        .into_iter()
        .flatten()
        .filter(move |tile| !is_gone(tile))
}

/// The tile that shows an insight.
fn tile_of<'a>(dashboard: &'a Value, insight: &str) -> Option<&'a Value> {
    tiles(dashboard).find(|tile| {
        let shown = tile.get("insight").and_then(id_of);
        shown.as_deref() == Some(insight)
    })
}
