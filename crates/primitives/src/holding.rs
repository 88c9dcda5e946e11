//! What a member holds in memory, and how much it may: the same numbers for its metrics and for the
//! simulator, which compares them while it runs.

/// One structure that grows and shrinks while a member runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Which structure, and what is counted of it.
    pub name: &'static str,
    /// How much is in it now.
    pub held: usize,
    /// How much may be in it.
    pub limit: usize,
}

impl Holding {
    /// `held` of at most `limit` in the structure `name`.
    pub const fn new(name: &'static str, held: usize, limit: usize) -> Self {
        Self { name, held, limit }
    }

    /// Whether it keeps its bound.
    pub const fn is_within(&self) -> bool {
        self.held <= self.limit
    }
}

impl core::fmt::Display for Holding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {} held, at most {}", self.name, self.held, self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_may_reach_its_bound_and_not_pass_it() {
        assert!(Holding::new("blocks", 4, 4).is_within());
        let over = Holding::new("blocks", 5, 4);
        assert!(!over.is_within());
        assert_eq!(over.to_string(), "blocks: 5 held, at most 4");
    }
}
