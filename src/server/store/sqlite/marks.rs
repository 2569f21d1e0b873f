//! A set of numbers out of the dictionary, one bit each: they are given in order, so that hardly a bit is wasted.

use super::words::Number;

/// Which numbers are in.
#[derive(Debug, Default)]
pub(super) struct Marks {
    bits: Vec<u64>,
    count: u64,
}

impl Marks {
    /// Takes a number in; 0 stands for none and is not.
    pub(super) fn insert(&mut self, number: Number) {
        let (place, bit) = split(number);
        if place >= self.bits.len() {
            self.bits.resize(place + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(place)
            && number != 0
            && *bits & bit == 0
        {
            *bits |= bit;
            self.count += 1;
        }
    }

    /// Takes numbers in.
    pub(super) fn extend(&mut self, numbers: impl IntoIterator<Item = Number>) {
        for number in numbers {
            self.insert(number);
        }
    }

    pub(super) fn contains(&self, number: Number) -> bool {
        let (place, bit) = split(number);
        self.bits.get(place).is_some_and(|bits| bits & bit != 0)
    }

    /// How many are in.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

fn split(number: Number) -> (usize, u64) {
    let number = usize::try_from(number).unwrap_or_default();
    (number / 64, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_counted_once_and_none_is_no_number() {
        let mut marks = Marks::default();
        for number in [0, 1, 63, 64, 64, 1_000] {
            marks.insert(number);
        }
        assert_eq!(marks.count(), 4);
        assert!(marks.contains(63) && marks.contains(64) && marks.contains(1_000));
        assert!(!marks.contains(0) && !marks.contains(65) && !marks.contains(100_000));
    }
}
