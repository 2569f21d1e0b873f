//! Events of all kinds for the tests of named queries.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::now;

prop_compose! {
    /// An event of the race bot.
    pub(crate) fn race_event()(
        name in prop::sample::select(vec![
            "discord.generator.invoke", "discord.generator.success", "discord.generator.failure",
            "racetime.seed.generate.success", "racetime.seed.generate.failure", "api.auth.login.start",
            "api.auth.login.success", "discord.asynctournament.run_submit",
        ]),
        minutes_ago in 0..6000_i64,
        provider in proptest::option::of(prop_oneof!["smz3", "alttpr", "unheard-of"]),
        guild in proptest::option::of(0..4_u32),
        duration in proptest::option::of(0..90_000_u32),
        rate in proptest::option::of(prop_oneof![Just(0.5), Just(0.25)]),
    ) -> Value {
        json!({
            "id": Uuid::new_v4(),
            "name": name,
            "context": { "source": name.split('.').next(), "sampleRate": rate },
            "properties": {
                "status": "ok",
                "provider": provider,
                "guild_hash": guild.map(|guild| format!("{guild:032x}")),
                "duration_ms": duration,
            },
            "timestamp": now() - jiff::SignedDuration::from_mins(minutes_ago),
        })
    }
}

prop_compose! {
    /// An event of the conversations product.
    pub(crate) fn conversation_event()(
        name in prop::sample::select(vec![
            "conversation_started", "conversation_ended", "stream_completed", "invitation_created", "invitation_claimed",
        ]),
        minutes_ago in 0..6000_i64,
        scenario in proptest::option::of(0..3),
        reason in prop_oneof!["completed", "abandoned"],
        duration in 0..90_000_u32,
        tokens in (0..5_000_u32, 0..500_u32),
        rate in proptest::option::of(Just(0.5)),
    ) -> Value {
        let properties = match name {
            "conversation_started" => json!({ "scenarioId": 1 }),
            "conversation_ended" => json!({ "reason": reason, "durationMs": duration, "messageCount": 3 }),
            "stream_completed" => json!({
                "streamType": "partner", "model": "m", "latencyMs": duration, "inputTokens": tokens.0, "outputTokens": tokens.1,
                "scenarioSlug": scenario.map(|scenario| format!("scenario-{scenario}")),
            }),
            "invitation_created" => json!({ "presetName": "first" }),
            _ => json!({ "invitationId": 5, "source": "link" }),
        };
        json!({
            "id": Uuid::new_v4(),
            "name": name,
            "context": { "source": "api", "sampleRate": rate },
            "properties": properties,
            "timestamp": now() - jiff::SignedDuration::from_mins(minutes_ago),
        })
    }
}
