//! The arrays and objects that are open, a bit each.

/// What holds values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Array,
    Object,
}

/// A stack of containers. It grows with the depth and is kept for the next text.
#[derive(Debug, Clone, Default)]
pub(super) struct Nesting {
    depth: usize,
    innermost: Option<Container>,
    /// Whether a level is an object, the outermost level in the lowest bit of the first word.
    objects: Vec<u64>,
}

impl Nesting {
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The container that is open and has no open one in it.
    pub(super) fn innermost(&self) -> Option<Container> {
        self.innermost
    }

    fn at_depth(&self) -> Option<Container> {
        let level = self.depth.checked_sub(1)?;
        let object = self.objects.get(level / 64)? >> (level % 64) & 1 == 1;
        Some(if object {
            Container::Object
        } else {
            Container::Array
        })
    }

    pub(super) fn open(&mut self, container: Container) {
        let bit = 1 << (self.depth % 64);
        if self.depth / 64 == self.objects.len() {
            self.objects.push(0);
        }
        if let Some(word) = self.objects.get_mut(self.depth / 64) {
            match container {
                Container::Object => *word |= bit,
                Container::Array => *word &= !bit,
            }
        }
        self.depth = self.depth.saturating_add(1);
        self.innermost = Some(container);
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.innermost = self.at_depth();
    }

    pub(super) fn clear(&mut self) {
        self.depth = 0;
        self.innermost = None;
    }
}
