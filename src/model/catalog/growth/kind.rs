//! How the type of a property changed.

use super::event::NEW_PROPERTY;
use super::{ChangeKind, Changes, missing};
use crate::model::catalog::{EnumValue, Place, PropertyType, Rule};

/// Whether a type got wider or narrower, or both; values of enums aside.
#[derive(Default, Clone, Copy)]
struct Shift {
    wider: bool,
    narrower: bool,
}

impl Shift {
    /// From one upper limit to another.
    fn limit<T: PartialOrd>(old: &T, new: &T) -> Self {
        Self {
            wider: new > old,
            narrower: new < old,
        }
    }

    /// From one kind of values to others.
    fn other(differs: bool) -> Self {
        Self {
            wider: differs,
            narrower: differs,
        }
    }

    fn and(self, also: Self) -> Self {
        Self {
            wider: self.wider || also.wider,
            narrower: self.narrower || also.narrower,
        }
    }
}

impl Changes {
    pub(super) fn kind(
        &mut self,
        place: &Place,
        old: &PropertyType,
        new: &PropertyType,
        as_old: bool,
    ) {
        let shift = shift(old, new);
        let text = || format!("{}, no longer {}", new.in_words(), old.in_words());
        if shift.wider {
            self.widened(place, ChangeKind::Type, text(), NEW_PROPERTY);
        } else if shift.narrower {
            self.removed(place, ChangeKind::Type, text());
        }
        if let (Some(old), Some(new)) = (values(old), values(new)) {
            self.values(place, old, new, as_old);
        }
    }

    fn values(&mut self, place: &Place, old: &[EnumValue], new: &[EnumValue], as_old: bool) {
        for value in new {
            let what = format!("value {}", &**value);
            match old.iter().find(|before| before.text == value.text) {
                Some(before) if as_old => {
                    self.is_as_old(place, &what, before.since, value.since);
                }
                Some(_) => {}
                None => {
                    self.added(place, ChangeKind::Value, what.as_str());
                    self.is_new(place, &what, value.since);
                }
            }
        }
        for value in old {
            if new.iter().any(|after| after.text == value.text) {
                continue;
            }
            let text = format!("value {} is gone", &**value);
            let problem = format!("{text}, which older clients still send and stored counts go by");
            self.removed(place, ChangeKind::Value, text);
            let remedy = "list it again; that nobody sends it any more does no harm";
            self.violated(place, Rule::ShrunkenEnum, problem, remedy);
        }
    }
}

/// The values of an enum, or of the enum in a list or a map.
fn values(kind: &PropertyType) -> Option<&[EnumValue]> {
    match kind {
        PropertyType::Enum { values } => Some(values),
        PropertyType::List { of, .. } | PropertyType::Map { of, .. } => values(of),
        _ => None,
    }
}

fn shift(old: &PropertyType, new: &PropertyType) -> Shift {
    use PropertyType::{
        Bool, Domain, Enum, Hash, Int, List, Map, Number, PathTemplate, Token, Version,
    };
    match (old, new) {
        (Bool, Bool) | (Domain, Domain) | (Enum { .. }, Enum { .. }) | (Version, Version) => {
            Shift::default()
        }
        (
            Int { min, max, unit },
            Int {
                min: new_min,
                max: new_max,
                unit: new_unit,
            },
        ) => Shift::limit(max, new_max)
            .and(Shift::limit(new_min, min))
            .and(Shift::other(unit != new_unit)),
        (
            Number { min, max, unit },
            Number {
                min: new_min,
                max: new_max,
                unit: new_unit,
            },
        ) => Shift::limit(max, new_max)
            .and(Shift::limit(new_min, min))
            .and(Shift::other(unit != new_unit)),
        (Token { max }, Token { max: new }) => Shift::limit(max, new),
        (PathTemplate { segments }, PathTemplate { segments: new }) => Shift {
            wider: missing(new, segments).next().is_some(),
            narrower: missing(segments, new).next().is_some(),
        },
        (Hash { length }, Hash { length: new }) => Shift::other(length != new),
        (
            List { of, max },
            List {
                of: new_of,
                max: new,
            },
        )
        | (
            Map { of, max },
            Map {
                of: new_of,
                max: new,
            },
        ) => shift(of, new_of).and(Shift::limit(max, new)),
        _ => Shift::other(true),
    }
}
