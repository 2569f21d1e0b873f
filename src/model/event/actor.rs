//! Who is counted as what: the pure rule by which the server attributes an event and resolves its actor.

use serde::{Deserialize, Serialize};

use super::context::words;

words! {
    /// The kind of actor an event is counted under.
    Actor {
        /// Somebody with nothing but an anonymous id.
        Anonymous = "anonymous",
        /// Somebody with an opaque user, organisation, project or install id.
        Customer = "customer",
        /// The operator's own people and tests.
        Internal = "internal",
        /// The operator's own content pipeline.
        OfficialPipeline = "official_pipeline",
        /// A program without any id.
        Service = "service",
    }
}

words! {
    /// What is known about the ids of an event.
    Standing {
        /// It has none.
        NoId = "no_id",
        /// Nobody has said anything about any of them.
        Undecided = "undecided",
        /// A source, a flag, an alias or a link decides.
        Decided = "decided",
    }
}

/// The source whose events are the operator's own content pipeline.
const PIPELINE: &str = "content-ci";

/// To whom something belongs. `I` is how ids are written: a text, or a number out of a store's dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner<I> {
    /// The account.
    pub user: Option<I>,
    /// The organisation.
    pub org: Option<I>,
}

impl<I> Default for Owner<I> {
    fn default() -> Self {
        Self {
            user: None,
            org: None,
        }
    }
}

/// What the operator says about a project, an installation or an anonymous visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias<I> {
    /// The actor it is counted under; without one its owner decides.
    pub actor: Option<Actor>,
    /// To whom it belongs.
    pub owner: Owner<I>,
}

/// Everything about an event that its attribution rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sender<S, I> {
    /// The source.
    pub source: S,
    /// The installation.
    pub install: Option<I>,
    /// The project.
    pub project: Option<I>,
    /// The anonymous visitor.
    pub anonymous: Option<I>,
    /// What the event says itself; only with an API key.
    pub claimed: Owner<I>,
    /// The link of the installation that held when the event happened.
    pub install_link: Option<Owner<I>>,
    /// The link of the project that held when the event happened.
    pub project_link: Option<Owner<I>>,
}

/// Where the operator's classification is looked up.
pub trait Directory<I> {
    /// Why a look-up failed.
    type Error;

    /// Whether the server's configuration lists the id as internal.
    fn is_configured(&mut self, id: I) -> Result<bool, Self::Error>;

    /// Whether a user or an organisation is flagged as internal or as a test; `None` when it is not known at all.
    fn is_flagged(&mut self, id: I) -> Result<Option<bool>, Self::Error>;

    /// What the operator says about a project, an installation or an anonymous visitor.
    fn alias(&mut self, id: I) -> Result<Option<Alias<I>>, Self::Error>;
}

/// Under whom an event counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resolution<I> {
    /// The kind of actor.
    pub actor: Actor,
    /// To whom it belongs.
    pub owner: Owner<I>,
    /// What is known about its ids.
    pub standing: Standing,
}

/// Attributes an event and resolves its actor.
///
/// The owner is what the event says itself (with a key), then what the alias or link of its project says, then that of its
/// installation, then that of its anonymous id; user and organisation are found separately. An operator's alias goes before a
/// link of the same id. What is said of a project holds only for installations that belong to nobody or to the same
/// organisation.
///
/// The actor is the first of: the pipeline, by its source · internal, by configuration · internal, by a flag of the user, then
/// of the organisation · what an alias says, in the order above · customer, when a link, an alias or a known user or
/// organisation decides, or any lasting id is there · anonymous · service. A claimed actor type decides nothing.
pub fn resolve<S: AsRef<str>, I: Copy + PartialEq, D: Directory<I>>(
    sender: &Sender<S, I>,
    directory: &mut D,
) -> Result<Resolution<I>, D::Error> {
    let said = Said::of(sender, directory)?;
    let owner = Owner {
        user: sender
            .claimed
            .user
            .or_else(|| said.first(|owner| owner.user)),
        org: sender.claimed.org.or_else(|| said.first(|owner| owner.org)),
    };
    let decided = |actor| Resolution {
        actor,
        owner,
        standing: Standing::Decided,
    };
    if sender.source.as_ref() == PIPELINE {
        return Ok(decided(Actor::OfficialPipeline));
    }
    let ids = [
        sender.install,
        sender.project,
        sender.anonymous,
        owner.user,
        owner.org,
    ];
    for id in ids.into_iter().flatten() {
        if directory.is_configured(id)? {
            return Ok(decided(Actor::Internal));
        }
    }
    let mut is_known = false;
    for id in [owner.user, owner.org].into_iter().flatten() {
        match directory.is_flagged(id)? {
            Some(true) => return Ok(decided(Actor::Internal)),
            Some(false) => is_known = true,
            None => {}
        }
    }
    if let Some(actor) = said.actor() {
        return Ok(decided(actor));
    }
    if is_known || !said.0.is_empty() {
        return Ok(decided(Actor::Customer));
    }
    let is_lasting = [sender.install, sender.project, owner.user, owner.org];
    let (actor, standing) = if is_lasting.iter().any(Option::is_some) {
        (Actor::Customer, Standing::Undecided)
    } else if sender.anonymous.is_some() {
        (Actor::Anonymous, Standing::Undecided)
    } else {
        (Actor::Service, Standing::NoId)
    };
    Ok(Resolution {
        actor,
        owner,
        standing,
    })
}

/// What aliases and links say about one event, in the order in which they count.
struct Said<I>(Vec<Alias<I>>);

impl<I: Copy + PartialEq> Said<I> {
    fn of<S, D: Directory<I>>(sender: &Sender<S, I>, directory: &mut D) -> Result<Self, D::Error> {
        let mut about = |id: Option<I>, link: Option<Owner<I>>| {
            let alias = id.map(|id| directory.alias(id)).transpose()?.flatten();
            let link = link.map(|owner| Alias { actor: None, owner });
            Ok(alias.into_iter().chain(link))
        };
        let install: Vec<_> = about(sender.install, sender.install_link)?.collect();
        let home = install.iter().find_map(|alias| alias.owner.org);
        let mut said: Vec<_> = about(sender.project, sender.project_link)?
            .filter(|alias| home.is_none() || home == alias.owner.org)
            .collect();
        said.extend(install);
        said.extend(about(sender.anonymous, None)?);
        Ok(Self(said))
    }

    fn first(&self, part: impl Fn(&Owner<I>) -> Option<I>) -> Option<I> {
        self.0.iter().find_map(|alias| part(&alias.owner))
    }

    fn actor(&self) -> Option<Actor> {
        self.0.iter().find_map(|alias| alias.actor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::convert::Infallible;

    use super::*;

    type Id = &'static str;

    #[derive(Default)]
    struct Books {
        configured: Vec<Id>,
        flags: HashMap<Id, bool>,
        aliases: HashMap<Id, Alias<Id>>,
    }

    impl Directory<Id> for Books {
        type Error = Infallible;

        fn is_configured(&mut self, id: Id) -> Result<bool, Infallible> {
            Ok(self.configured.contains(&id))
        }

        fn is_flagged(&mut self, id: Id) -> Result<Option<bool>, Infallible> {
            Ok(self.flags.get(id).copied())
        }

        fn alias(&mut self, id: Id) -> Result<Option<Alias<Id>>, Infallible> {
            Ok(self.aliases.get(id).copied())
        }
    }

    fn sender(source: &'static str) -> Sender<&'static str, Id> {
        Sender {
            source,
            install: None,
            project: None,
            anonymous: None,
            claimed: Owner::default(),
            install_link: None,
            project_link: None,
        }
    }

    fn person() -> Sender<&'static str, Id> {
        Sender {
            install: Some("install"),
            project: Some("project"),
            ..sender("cli")
        }
    }

    fn of_org(org: Id) -> Owner<Id> {
        Owner {
            user: None,
            org: Some(org),
        }
    }

    fn says(actor: Option<Actor>, owner: Owner<Id>) -> Alias<Id> {
        Alias { actor, owner }
    }

    fn resolved(
        sender: &Sender<&'static str, Id>,
        books: &mut Books,
    ) -> (Actor, Option<Id>, Standing) {
        let Ok(found) = resolve(sender, books);
        (found.actor, found.owner.org, found.standing)
    }

    #[test]
    fn without_a_word_from_anybody_the_ids_decide() {
        let books = &mut Books::default();
        let (undecided, none) = (Standing::Undecided, Standing::NoId);
        assert_eq!(
            resolved(&sender("api"), books),
            (Actor::Service, None, none)
        );
        let visitor = Sender {
            anonymous: Some("anon"),
            ..sender("registry-web")
        };
        assert_eq!(
            resolved(&visitor, books),
            (Actor::Anonymous, None, undecided)
        );
        assert_eq!(
            resolved(&person(), books),
            (Actor::Customer, None, undecided)
        );
        let pipeline = Sender {
            source: "content-ci",
            ..person()
        };
        let found = (Actor::OfficialPipeline, None, Standing::Decided);
        assert_eq!(resolved(&pipeline, books), found);
    }

    #[test]
    fn the_first_rule_that_applies_decides() {
        let mut books = Books::default();
        let linked = Sender {
            install_link: Some(of_org("acme")),
            ..person()
        };
        let customer = (Actor::Customer, Some("acme"), Standing::Decided);
        assert_eq!(resolved(&linked, &mut books), customer);
        let pipeline = says(Some(Actor::OfficialPipeline), Owner::default());
        books.aliases.insert("install", pipeline);
        let found = (Actor::OfficialPipeline, Some("acme"), Standing::Decided);
        assert_eq!(resolved(&linked, &mut books), found);
        let internal = (Actor::Internal, Some("acme"), Standing::Decided);
        books.flags.insert("acme", true);
        assert_eq!(resolved(&linked, &mut books), internal);
        books.flags.clear();
        books.configured.push("project");
        assert_eq!(resolved(&linked, &mut books), internal);
    }

    #[test]
    fn a_known_organisation_decides_without_a_flag() {
        let mut books = Books::default();
        let keyed = Sender {
            claimed: of_org("acme"),
            ..sender("api")
        };
        let found = (Actor::Customer, Some("acme"), Standing::Undecided);
        assert_eq!(resolved(&keyed, &mut books), found);
        books.flags.insert("acme", false);
        let found = (Actor::Customer, Some("acme"), Standing::Decided);
        assert_eq!(resolved(&keyed, &mut books), found);
    }

    #[test]
    fn what_is_said_of_a_project_does_not_reach_installations_of_others() {
        let mut books = Books::default();
        books.aliases.insert("project", says(None, of_org("acme")));
        let at = |link| Sender {
            install_link: link,
            ..person()
        };
        assert_eq!(resolved(&at(None), &mut books).1, Some("acme"));
        assert_eq!(
            resolved(&at(Some(of_org("other"))), &mut books).1,
            Some("other")
        );
        let user = Owner {
            user: Some("user"),
            org: Some("acme"),
        };
        let Ok(found) = resolve(&at(Some(user)), &mut books);
        assert_eq!(found.owner, user);
        books.aliases.insert("install", says(None, of_org("third")));
        let Ok(found) = resolve(&at(Some(user)), &mut books);
        assert_eq!(
            found.owner.org,
            Some("third"),
            "an alias goes before a link"
        );
    }

    #[test]
    fn a_link_of_a_project_counts_like_an_alias() {
        let linked = Sender {
            project_link: Some(of_org("acme")),
            ..person()
        };
        let found = (Actor::Customer, Some("acme"), Standing::Decided);
        assert_eq!(resolved(&linked, &mut Books::default()), found);
    }
}
