//! Which items of a list are which items of the list that it becomes.

use crate::value::Value;

/// Comparisons of items in the middle of a list; beyond it, items there are taken by their place.
const COMPARISONS_MAX: usize = 40_000;

/// What becomes of an item, in the order of both lists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    /// The item of the first list becomes the item of the second.
    Keep(usize, usize),
    /// The item of the first list goes.
    Remove(usize),
    /// The item of the second list is new.
    Add(usize),
}

/// The steps from one list to another.
///
/// Equal items stay. Between those, old and new ones are paired as long as there are both, so that
/// nothing is added where something is removed.
pub(super) fn align(old: &[Value], new: &[Value]) -> Vec<Step> {
    let mut steps = Vec::with_capacity(old.len().max(new.len()));
    let (mut old_at, mut new_at) = (0, 0);
    for (old_end, new_end) in equal_pairs(old, new).into_iter().chain([(old.len(), new.len())]) {
        while old_at < old_end && new_at < new_end {
            steps.push(Step::Keep(old_at, new_at));
            old_at += 1;
            new_at += 1;
        }
        steps.extend((old_at..old_end).map(Step::Remove));
        steps.extend((new_at..new_end).map(Step::Add));
        if old_end < old.len() {
            steps.push(Step::Keep(old_end, new_end));
        }
        old_at = old_end + 1;
        new_at = new_end + 1;
    }
    steps
}

/// Places of items that are equal, growing in both lists.
fn equal_pairs(old: &[Value], new: &[Value]) -> Vec<(usize, usize)> {
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    let middle = common(&old[head..old_end], &new[head..new_end]);
    pairs.extend(middle.into_iter().map(|(old_at, new_at)| (head + old_at, head + new_at)));
    pairs.extend((0..tail).map(|at| (old_end + at, new_end + at)));
    pairs
}

/// A longest common subsequence of two lists.
fn common(old: &[Value], new: &[Value]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    if old.len().saturating_mul(new.len()) > COMPARISONS_MAX {
        return Vec::new();
    }
    // At `old_at * width + new_at`: how long it can be from these two places on.
    let mut longest = vec![0_usize; (old.len() + 1) * width];
    for old_at in (0..old.len()).rev() {
        for new_at in (0..new.len()).rev() {
            let at = old_at * width + new_at;
            longest[at] = if old[old_at] == new[new_at] {
                longest[at + width + 1] + 1
            } else {
                longest[at + width].max(longest[at + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    while old_at < old.len() && new_at < new.len() {
        let at = old_at * width + new_at;
        if longest[at] == longest[at + width] {
            old_at += 1;
        } else if longest[at] == longest[at + 1] {
            new_at += 1;
        } else {
            pairs.push((old_at, new_at));
            old_at += 1;
            new_at += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
        let values =
            |texts: &[&str]| texts.iter().map(|text| Value::from(*text)).collect::<Vec<_>>();
        align(&values(old), &values(new))
    }

    #[test]
    fn equal_items_stay_whatever_happens_around_them() {
        use Step::{Add, Keep, Remove};
        assert_eq!(steps(&["a", "b", "c"], &["a", "c"]), [Keep(0, 0), Remove(1), Keep(2, 1)]);
        assert_eq!(steps(&["a", "b", "c"], &["b"]), [Remove(0), Keep(1, 0), Remove(2)]);
        assert_eq!(steps(&["a"], &["n", "a", "z"]), [Add(0), Keep(0, 1), Add(2)]);
        assert_eq!(steps(&["a", "b"], &["a", "x"]), [Keep(0, 0), Keep(1, 1)]);
        assert_eq!(steps(&["a", "b", "c"], &["x", "c"]), [Keep(0, 0), Remove(1), Keep(2, 1)]);
        assert_eq!(steps(&[], &["x"]), [Add(0)]);
    }
}
