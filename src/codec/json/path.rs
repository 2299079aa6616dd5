//! Paths to values within a JSON text.
//!
//! Knows: the syntax of a path, and where in a text the values stand that it leads to. Must not know:
//! what becomes of them. A text is followed as far as it is JSON; behind a break, what is found is as
//! good as a guess.
//!
//! | step | leads to |
//! |---|---|
//! | `.name`, `["name"]` | the member of this name, compared as it stands between the quotes |
//! | `[3]` | an item, counted from 0 |
//! | `[*]`, `.*` | every item, or every member |
//! | `..name` | the members of this name at any depth |
//!
//! A path to an object or array leads to all that it holds.

use std::ops::Range;

/// Where to look in a text: the steps from its outermost value on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    Every,
    /// Any number of steps, or none.
    Deeper,
}

/// More steps than these are not taken: a set of them is a `u64`, in which `1 << index` is a step, and
/// `2 << index` the one behind it.
const MOST_STEPS: usize = 60;
/// A text that is nested deeper is not followed.
const MOST_LEVELS: usize = 65_536;

impl Path {
    /// Reads a path; else says in words what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        while !rest.is_empty() {
            rest = read_step(rest, &mut steps)?;
        }
        match steps.len() {
            0 => Err("a path has a step, as in .items[*].id".to_owned()),
            1..=MOST_STEPS => Ok(Self(steps)),
            _ => Err(format!("a path has {MOST_STEPS} steps at most")),
        }
    }

    /// Where the strings, numbers and words stand that the path leads to, quotes included. Several
    /// texts after one another, as in NDJSON, are each looked at by itself.
    pub fn values(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut walk = Walk {
            path: self,
            frames: Vec::new(),
            next: self.closed(1),
            found: Vec::new(),
        };
        let mut at = 0_usize;
        while let Some(token) = text.get(at..).and_then(first_token)
            && walk.frames.len() <= MOST_LEVELS
        {
            let end = at.saturating_add(token.len());
            walk.token(token, at..end);
            at = end;
        }
        walk.found
    }

    /// The steps that are open from these on: a [`Step::Deeper`] may be no step at all.
    fn closed(&self, open: u64) -> u64 {
        let deeper =
            |(index, step): (usize, &Step)| *step == Step::Deeper && open >> index & 1 == 1;
        let skipped = self.0.iter().enumerate().filter(|one| deeper(*one));
        skipped.fold(open, |open, (index, _)| open | 2 << index)
    }

    /// What is open below a member or an item. What is at its end stays there.
    fn below(&self, open: u64, leads: impl Fn(&Step) -> bool) -> u64 {
        let mut below = open & 1 << self.0.len();
        for (index, step) in self.0.iter().enumerate() {
            if open >> index & 1 == 0 {
                continue;
            }
            match step {
                Step::Deeper => below |= 1 << index,
                step if leads(step) => below |= 2 << index,
                _ => {}
            }
        }
        self.closed(below)
    }

    fn is_at_its_end(&self, open: u64) -> bool {
        open >> self.0.len() & 1 == 1
    }
}

/// Takes the first step off a path.
fn read_step<'t>(text: &'t str, steps: &mut Vec<Step>) -> Result<&'t str, String> {
    if let Some(inside) = text.strip_prefix("[\"") {
        let (name, rest) = inside
            .split_once("\"]")
            .ok_or("a \" is not followed by \"]")?;
        steps.push(Step::Member(name.to_owned()));
        return Ok(rest);
    }
    if let Some(inside) = text.strip_prefix('[') {
        let (index, rest) = inside.split_once(']').ok_or("a [ has no ]")?;
        let item = || index.parse().map(Step::Item);
        let step = if index == "*" {
            Ok(Step::Every)
        } else {
            item()
        };
        steps.push(step.map_err(|_| format!("[{index}] is neither a number nor [*]"))?);
        return Ok(rest);
    }
    let Some(mut name) = text.strip_prefix('.') else {
        return Err(format!("a step begins with . or [, unlike {text}"));
    };
    if let Some(deeper) = name.strip_prefix('.') {
        steps.push(Step::Deeper);
        name = deeper;
    }
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (name, rest) = name.split_at(end);
    match name {
        "" => return Err("a . is followed by no name".to_owned()),
        "*" => steps.push(Step::Every),
        name => steps.push(Step::Member(name.to_owned())),
    }
    Ok(rest)
}

/// An object or array that one is in.
struct Frame {
    /// What is open in it.
    open: u64,
    /// The number of the item, in an array; in an object, whether a name comes next.
    place: Place,
}

enum Place {
    Item(usize),
    Name,
    Value,
}

/// The way through a text.
struct Walk<'p> {
    path: &'p Path,
    frames: Vec<Frame>,
    /// What is open at the next value.
    next: u64,
    found: Vec<Range<usize>>,
}

impl Walk<'_> {
    /// Takes the next token, and where in the text it stands.
    fn token(&mut self, token: &[u8], place: Range<usize>) {
        match token {
            b"{" => self.enter(Place::Name),
            b"[" => self.enter(Place::Item(0)),
            b"}" | b"]" => {
                self.frames.pop();
                self.after_value();
            }
            b"," => self.comma(),
            b" " | b"\t" | b"\r" | b"\n" | b":" => {}
            [b'"', ..] => self.string(token, place),
            _ => self.value(place),
        }
    }

    fn enter(&mut self, place: Place) {
        let open = self.next;
        if let Place::Item(_) = place {
            self.next = self.path.below(open, |step| leads_to_item(step, 0));
        }
        self.frames.push(Frame { open, place });
    }

    fn comma(&mut self) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        match &mut frame.place {
            Place::Item(index) => {
                *index = index.saturating_add(1);
                let (open, index) = (frame.open, *index);
                self.next = self.path.below(open, |step| leads_to_item(step, index));
            }
            place => *place = Place::Name,
        }
    }

    fn string(&mut self, string: &[u8], place: Range<usize>) {
        if let Some(frame) = self.frames.last_mut()
            && matches!(frame.place, Place::Name)
        {
            let name = match string {
                [_, name @ .., _] => name,
                _ => &[],
            };
            frame.place = Place::Value;
            let open = frame.open;
            self.next = self.path.below(open, |step| match step {
                Step::Member(wanted) => wanted.as_bytes() == name,
                step => *step == Step::Every,
            });
        } else {
            self.value(place);
        }
    }

    fn value(&mut self, place: Range<usize>) {
        if self.path.is_at_its_end(self.next) {
            self.found.push(place);
        }
        self.after_value();
    }

    /// Outside of everything, another text may begin.
    fn after_value(&mut self) {
        if self.frames.is_empty() {
            self.next = self.path.closed(1);
        }
    }
}

fn leads_to_item(step: &Step, index: usize) -> bool {
    *step == Step::Every || *step == Step::Item(index)
}

/// The token that a text begins with: a string with its quotes, or up to the end where none ends it;
/// a mark or a blank; a number or a word.
fn first_token(text: &[u8]) -> Option<&[u8]> {
    let stands_alone = |octet: &u8| b"{}[],:\" \t\r\n".contains(octet);
    match text.first()? {
        b'"' => {
            // As if escaped: the quote that a string begins with does not end it.
            let mut escaped = true;
            let ends = |octet: &u8| {
                let ends = *octet == b'"' && !escaped;
                escaped = *octet == b'\\' && !escaped;
                ends
            };
            text.split_inclusive(ends).next()
        }
        octet if stands_alone(octet) => text.get(..1),
        _ => text.split(stands_alone).next(),
    }
}
