//! What a module changes after it was declared: assignments, mutating calls, deletions, wherever they are.

use std::collections::{HashMap, HashSet};

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, CallExpression, Expression, Program,
    SimpleAssignmentTarget, UnaryExpression, UnaryOperator, UpdateExpression,
};
use oxc_ast_visit::{Visit, walk};

/// The name that `module.exports` and `exports` go by among the variables.
pub(super) const EXPORTS: &str = "module.exports";

/// Methods of arrays that change them.
const MUTATORS: [&str; 8] = [
    "push", "unshift", "splice", "pop", "shift", "reverse", "sort", "fill",
];

/// Those of them that only add to it.
const ADDERS: [&str; 2] = ["push", "unshift"];

/// Changes by variable.
#[derive(Default)]
pub(super) struct Changes<'a> {
    /// How often each variable is assigned to or changed as a whole.
    pub(super) wholes: HashMap<&'a str, usize>,
    properties: HashMap<(&'a str, &'a str), usize>,
    /// What is added to each variable by `push` and `unshift`.
    pub(super) additions: HashMap<&'a str, Additions<'a>>,
    /// Variables with changes to properties that are not named.
    unnamed: HashSet<&'a str>,
}

/// What is added to a list.
#[derive(Default)]
pub(super) struct Additions<'a> {
    /// By how many calls.
    pub(super) calls: usize,
    /// The elements.
    pub(super) arguments: Vec<&'a Argument<'a>>,
}

impl<'a> Changes<'a> {
    /// The changes in `program`.
    pub(super) fn of(program: &Program<'a>) -> Self {
        let mut changes = Self::default();
        changes.visit_program(program);
        changes
    }

    /// How often the property `key` of the variable `name`, or something in it, is changed; none when that is not known.
    pub(super) fn count(&self, name: &str, key: &str) -> Option<usize> {
        if self.unnamed.contains(name) {
            return None;
        }
        Some(self.properties.get(&(name, key)).copied().unwrap_or(0))
    }

    fn add(&mut self, target: Option<(&'a str, Vec<Option<&'a str>>)>) {
        let Some((name, path)) = target else {
            return;
        };
        match path.first() {
            None => *self.wholes.entry(name).or_default() += 1,
            Some(Some(key)) => *self.properties.entry((name, key)).or_default() += 1,
            Some(None) => {
                self.unnamed.insert(name);
            }
        }
    }
}

impl<'a> Visit<'a> for Changes<'a> {
    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        let target = match &it.left {
            AssignmentTarget::AssignmentTargetIdentifier(id) => {
                Some((id.name.as_str(), Vec::new()))
            }
            AssignmentTarget::StaticMemberExpression(member) => {
                inside(&member.object, Some(member.property.name.as_str()))
            }
            AssignmentTarget::ComputedMemberExpression(member) => {
                inside(&member.object, text_of(&member.expression))
            }
            _ => None,
        };
        self.add(target);
        walk::walk_assignment_expression(self, it);
    }

    fn visit_update_expression(&mut self, it: &UpdateExpression<'a>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(id) = &it.argument {
            self.add(Some((id.name.as_str(), Vec::new())));
        }
    }

    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        if it.operator == UnaryOperator::Delete {
            self.add(place(&it.argument));
        }
        walk::walk_unary_expression(self, it);
    }

    /// `Object.assign(name, …)` and `name.push(…)`.
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if it.callee.is_specific_member_access("Object", "assign") {
            let first = it.arguments.first().and_then(|first| first.as_expression());
            let target = first.and_then(place).map(|(name, mut path)| {
                path.push(None);
                (name, path)
            });
            self.add(target);
        } else if let Expression::StaticMemberExpression(member) = &it.callee
            && MUTATORS.contains(&member.property.name.as_str())
        {
            let target = place(&member.object);
            if let Some((name, path)) = &target
                && path.is_empty()
                && ADDERS.contains(&member.property.name.as_str())
            {
                let arguments = it.arguments.iter().map(|one| self.alloc(one));
                let arguments: Vec<&'a Argument<'a>> = arguments.collect();
                let additions = self.additions.entry(name).or_default();
                additions.calls = additions.calls.saturating_add(1);
                additions.arguments.extend(arguments);
            }
            self.add(target);
        }
        walk::walk_call_expression(self, it);
    }
}

/// The variable that `value` is or lies in, and the properties on the way to it; none for those whose name is not known.
pub(super) fn place<'a>(value: &Expression<'a>) -> Option<(&'a str, Vec<Option<&'a str>>)> {
    match value.get_inner_expression() {
        Expression::Identifier(id) if id.name == "exports" => Some((EXPORTS, Vec::new())),
        Expression::Identifier(id) => Some((id.name.as_str(), Vec::new())),
        Expression::StaticMemberExpression(member) => {
            inside(&member.object, Some(member.property.name.as_str()))
        }
        Expression::ComputedMemberExpression(member) => {
            inside(&member.object, text_of(&member.expression))
        }
        _ => None,
    }
}

/// As [`place`], for the property `key` of `object`.
pub(super) fn inside<'a>(
    object: &Expression<'a>,
    key: Option<&'a str>,
) -> Option<(&'a str, Vec<Option<&'a str>>)> {
    let (name, mut path) = place(object)?;
    if name == "module" && path.is_empty() && key == Some("exports") {
        return Some((EXPORTS, path));
    }
    path.push(key);
    Some((name, path))
}

fn text_of<'a>(key: &Expression<'a>) -> Option<&'a str> {
    match key.get_inner_expression() {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        _ => None,
    }
}
