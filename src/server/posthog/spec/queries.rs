//! The parts that PostHog's queries are made of: series, filters, trends and funnels.
//!
//! The shapes are those of PostHog's insight API (`InsightVizNode`, `TrendsQuery`, `FunnelsQuery`).

use serde_json::{Value, json};

/// How far back everything looks.
const SINCE: &str = "-30d";

/// How long somebody may take through a funnel, in days.
const FUNNEL_DAYS: u32 = 14;

/// Every event of one name.
pub(super) fn series(event: &str) -> Value {
    filtered(event, &[])
}

/// The events of one name that fit all filters.
pub(super) fn filtered(event: &str, filters: &[Value]) -> Value {
    let mut series =
        json!({ "kind": "EventsNode", "event": event, "name": event, "math": "total" });
    put_filters(&mut series, filters);
    series
}

/// All events that fit all filters, under a name of our own.
pub(super) fn any(name: &str, filters: &[Value]) -> Value {
    let mut series = json!({
        "kind": "EventsNode", "event": null, "name": "All events", "custom_name": name, "math": "total",
    });
    put_filters(&mut series, filters);
    series
}

fn put_filters(series: &mut Value, filters: &[Value]) {
    if let (Some(series), false) = (series.as_object_mut(), filters.is_empty()) {
        drop(series.insert("properties".to_owned(), json!(filters)));
    }
}

/// Events whose property has one of these values.
pub(super) fn is(property: &str, values: &[&str]) -> Value {
    json!({ "type": "event", "key": property, "operator": "exact", "value": values })
}

/// Events that have this property.
pub(super) fn is_set(property: &str) -> Value {
    json!({ "type": "event", "key": property, "operator": "is_set", "value": "is_set" })
}

/// Events with one of these names. Names come from a catalog, whose names hold no quotes.
pub(super) fn named<'a>(events: impl IntoIterator<Item = &'a str>) -> Value {
    let names: Vec<String> = events
        .into_iter()
        .filter(|name| !name.contains(['\'', '\\']))
        .map(|name| format!("'{name}'"))
        .collect();
    json!({ "type": "hogql", "key": format!("event in ({})", names.join(", ")) })
}

/// Events that say that something went wrong, whether or not PostHog has taken the property for a boolean.
pub(super) fn failed() -> Value {
    let says_no = |property: &str| format!("toString(properties.{property}) = 'false'");
    json!({ "type": "hogql", "key": format!("({} or {})", says_no("success"), says_no("valid")) })
}

/// Lines by day.
pub(super) fn trend(series: &[Value]) -> Value {
    trends(series, "ActionsLineGraph", None)
}

/// Bars by the value of a property, over the whole time.
pub(super) fn bars(series: &[Value], property: &str) -> Value {
    trends(series, "ActionsBarValue", Some(property))
}

fn trends(series: &[Value], display: &str, breakdown: Option<&str>) -> Value {
    let mut source = json!({
        "kind": "TrendsQuery",
        "interval": "day",
        "dateRange": { "date_from": SINCE },
        "filterTestAccounts": true,
        "series": series,
        "trendsFilter": { "display": display },
    });
    if let (Some(property), Some(source)) = (breakdown, source.as_object_mut()) {
        let breakdown = json!({ "breakdowns": [{ "property": property, "type": "event" }] });
        drop(source.insert("breakdownFilter".to_owned(), breakdown));
    }
    json!({ "kind": "InsightVizNode", "source": source })
}

/// Steps in order.
pub(super) fn funnel(steps: &[Value]) -> Value {
    json!({
        "kind": "InsightVizNode",
        "source": {
            "kind": "FunnelsQuery",
            "dateRange": { "date_from": SINCE },
            "filterTestAccounts": true,
            "series": steps,
            "funnelsFilter": {
                "funnelVizType": "steps",
                "funnelOrderType": "ordered",
                "funnelWindowInterval": FUNNEL_DAYS,
                "funnelWindowIntervalUnit": "day",
            },
        },
    })
}

/// A step of a funnel: an event, perhaps only with these properties.
pub(super) fn step(event: &str, filters: &[Value]) -> Value {
    let mut step = json!({ "kind": "EventsNode", "event": event, "name": event });
    put_filters(&mut step, filters);
    step
}
