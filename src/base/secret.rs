//! A text that must not be shown: no `Display`, no serialisation, and a `Debug` that says nothing.

use std::fmt;

/// A secret text, such as an API key. It shows itself only where it is asked by name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Takes the text, without white space around it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// The text itself; never print, log or store the result in readable form.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_not_show_itself() {
        let secret = Secret::new(" hunter2\n");
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(secret.expose(), "hunter2");
    }
}
