//! What names stand for and values are, as they are written.

use oxc_ast::ast::{
    CallExpression, Class, Expression, Function, JSXElement, JSXFragment, StringLiteral,
    TSEnumDeclaration,
};
use oxc_span::Span;

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Binding<'a> {
    /// A constant.
    Value(Value<'a>),
    /// A constant inside a function.
    Local(Value<'a>),
    /// What another module exports.
    Import {
        /// The module, as written.
        source: &'a str,
        /// The name there; `*` for the module as a whole.
        name: &'a str,
    },
    /// A property of a constant.
    Part(&'a Expression<'a>, &'a str),
    /// A property of a constant inside a function.
    LocalPart(&'a Expression<'a>, &'a str),
    /// Something that is not a constant.
    Unknown,
}

/// A value as it is written.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// An expression.
    Expression(&'a Expression<'a>),
    /// A declared function.
    Function(&'a Function<'a>),
    /// A declared class.
    Class(&'a Class<'a>),
    /// An enumeration of TypeScript.
    Enum(&'a TSEnumDeclaration<'a>),
    /// Whatever a variable of the module is.
    Variable(&'a str),
    /// What another module (by its name as written) exports by this name.
    Foreign(&'a str, &'a str),
    /// All that the module exports, as one object.
    Module,
    /// An element of JSX inside another.
    Element(&'a JSXElement<'a>),
    /// A fragment of JSX inside an element.
    Fragment(&'a JSXFragment<'a>),
    /// The text of an attribute of JSX.
    Text(&'a StringLiteral<'a>),
    /// An attribute of JSX without a value.
    Yes(Span),
    /// What a function is called without.
    Nothing(Span),
    /// What the call has from this argument on, as an array.
    Rest(&'a CallExpression<'a>, usize),
    /// A key of an object as a text.
    Key(&'a str, Span),
    /// A key of an object with its value, as an array of two.
    Entry(&'a str, &'a Expression<'a>),
}
