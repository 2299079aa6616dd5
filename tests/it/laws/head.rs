//! Heads: what `Head` keeps is what came, and a stream of the same octets tells the same head.

use rcurl::http1::{
    Connection, Framing, Head, Settings, Signal, framing, parse_field_line, request_lines,
};

pub(crate) fn hold(octets: &[u8]) {
    let lines: Vec<u8> = request_lines(octets)
        .flat_map(|(_, line)| line)
        .copied()
        .collect();
    assert_eq!(lines, octets, "the lines joined are the head");
    if let Some(field) = parse_field_line(octets) {
        assert!(octets.starts_with(field.name));
    }
    let Ok(head) = Head::parse(octets) else {
        return;
    };
    assert!(octets.starts_with(head.raw()), "a head is kept as received");
    assert!((100..=999).contains(&head.status()));
    assert!(head.status_line().len() >= head.reason().len());
    for field in head.fields() {
        assert!(field.line.starts_with(field.name));
        assert!(
            !field.value.contains(&b'\n'),
            "an unfolded value is one line"
        );
        assert!(head.all(&String::from_utf8_lossy(field.name)).count() <= head.fields().count());
    }
    for method in ["GET", "HEAD", "CONNECT"] {
        let _ = framing(method, &head, &Settings::default());
    }
    if let Some(streamed) = streamed(octets) {
        assert_eq!(streamed.raw().len(), head.raw().len());
        assert!(streamed == head, "a stream tells the same head");
    }
}

/// The first head that a connection reads in these octets, if it takes them for one.
fn streamed(octets: &[u8]) -> Option<Head> {
    let mut connection = Connection::new(Settings::default());
    connection.send_head("GET", Framing::None).ok()?;
    let mut rest = octets;
    loop {
        match connection.receive(rest).ok()? {
            (_, Signal::Interim(head) | Signal::Final(head)) => return Some(head),
            (_, Signal::NeedMore | Signal::End | Signal::Switched) => return None,
            (taken, Signal::Piece(..) | Signal::Violated(_)) => rest = &rest[taken..],
        }
    }
}
