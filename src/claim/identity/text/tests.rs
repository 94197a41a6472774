//! What text is accepted, and as what.

use super::*;

fn check(parsed: Result<String, Finding>, expected: Result<&str, &str>) {
    let parsed = parsed.map_err(|finding| finding.code.into_owned());
    assert_eq!(parsed, expected.map(str::to_owned).map_err(str::to_owned));
}

#[test]
fn a_line_is_trimmed_and_normalized() {
    let check = |raw, expected| check(Line::parse(raw).map(|line| line.to_string()), expected);
    check("Teams rollout", Ok("Teams rollout"));
    check("  Teams rollout ", Ok("Teams rollout"));
    check("BT Mu\u{308}du\u{308}ru\u{308}", Ok("BT Müdürü"));
    check("👩\u{200d}💻 rollout", Ok("👩\u{200d}💻 rollout"));
    check("", Err("empty"));
    check("   ", Err("empty"));
    check("\u{a0}", Err("empty"));
    check("a\nb", Err("forbidden_character"));
    check("a\n", Err("forbidden_character"));
    check("a\tb", Err("forbidden_character"));
    check("a\0b", Err("forbidden_character"));
    check("a\u{7f}b", Err("forbidden_character"));
    check("a\u{85}b", Err("forbidden_character"));
    check("a\u{202e}b", Err("forbidden_character"));
    check("a\u{2066}b", Err("forbidden_character"));
    check("a\u{200f}b", Err("forbidden_character"));
    check("a\u{2028}b", Err("forbidden_character"));
    check("\u{feff}a", Err("forbidden_character"));
}

#[test]
fn lengths_are_counted_in_characters_of_the_normalized_form() {
    let check = |raw: String, accepted| assert_eq!(Line::parse(&raw).is_ok(), accepted, "{raw}");
    check("x".repeat(200), true);
    check("x".repeat(201), false);
    check("ü".repeat(200), true);
    check("u\u{308}".repeat(200), true);
    check("u\u{308}".repeat(201), false);
}

#[test]
fn a_comment_may_have_lines() {
    let check = |raw, expected| {
        check(Comment::parse(raw).map(|comment| comment.as_str().to_owned()), expected);
    };
    check("one\r\ntwo\n\tthree\n", Ok("one\ntwo\n\tthree"));
    check("one\rtwo", Err("forbidden_character"));
    check("\n\n", Err("empty"));
    check("one\u{2029}two", Err("forbidden_character"));
    assert!(Comment::parse(&"x".repeat(4_000)).is_ok());
    assert_eq!(Comment::parse(&"x".repeat(4_001)).unwrap_err().code, "too_long");
}

#[test]
fn an_item_code_is_in_snake_case() {
    let check = |raw, expected| check(ItemCode::parse(raw).map(|code| code.to_string()), expected);
    check("teams", Ok("teams"));
    check("microsoft_365_apps", Ok("microsoft_365_apps"));
    check("", Err("item_code_malformed"));
    check("Teams", Err("item_code_malformed"));
    check("teams:phone", Err("item_code_malformed"));
    check("teams}", Err("item_code_malformed"));
}

#[test]
fn personal_text_prints_as_redacted() {
    let name = PersonName::parse("Ece Yıldız").unwrap();
    let comment = Comment::parse("Ask Ece.").unwrap();
    assert_eq!(format!("{name:?} {comment:?}"), "PersonName(redacted) Comment(redacted)");
    assert_eq!((name.as_str(), comment.as_str()), ("Ece Yıldız", "Ask Ece."));
}

#[test]
fn untrusted_text_is_shown_short_and_visible() {
    assert_eq!(shown("teems"), "teems");
    assert_eq!(shown("a\u{202e}b\n"), "a\u{fffd}b\u{fffd}");
    assert_eq!(shown(&"x".repeat(65)), "x".repeat(64) + "…");
}
