//! The rules about API keys.

use super::*;
use crate::claim::identity::{MpnId, Source};

fn day(days: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(days)
}

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn crm() -> Authority {
    Authority::UpstreamSource(Source::parse("crm-emea").unwrap())
}

fn new(authority: Authority, label: &str) -> NewApiKey {
    NewApiKey { authority, label: line(label), expires_at: None }
}

/// Adds a key and says its id.
fn add(
    records: &mut Records,
    new: &NewApiKey,
    now: DateTime<Utc>,
) -> Result<ApiKeyId, ApiKeyRefusal> {
    let record = create(records, &ApiKey::random(), new, now)?;
    let id = record.id.clone();
    records.insert(id.clone(), record);
    Ok(id)
}

fn put(records: &mut Records, record: ApiKeyRecord) {
    records.insert(record.id.clone(), record);
}

#[test]
fn a_record_is_read_as_it_was_written_and_has_no_secret() {
    let authorities = [
        (crm(), r#""role":"upstream_source","scope":"crm-emea""#),
        (
            Authority::IncentivesAdmin(MpnId::parse("1234567").unwrap()),
            r#""role":"incentives_admin","scope":"1234567""#,
        ),
        (Authority::Reviewer, r#""role":"reviewer","label""#),
    ];
    for (authority, expected) in authorities {
        let key = ApiKey::random();
        let new = NewApiKey { expires_at: Some(day(90)), ..new(authority, "CRM") };
        let record = create(&Records::new(), &key, &new, day(0)).unwrap();
        let json = serde_json::to_string(&record).unwrap();
        assert!(json.contains(expected), "{json}");
        assert!(!json.contains(&key.reveal()[14..57]), "{json}");
        assert_eq!(serde_json::from_str::<ApiKeyRecord>(&json).unwrap(), record);
    }
}

#[test]
fn a_key_lives_until_it_expires_or_is_revoked() {
    let mut records = Records::new();
    let expiring = NewApiKey { expires_at: Some(day(90)), ..new(crm(), "CRM") };
    let id = add(&mut records, &expiring, day(0)).unwrap();
    let state = |records: &Records, at| records[&id].state(at);
    assert_eq!(state(&records, day(90) - TimeDelta::milliseconds(1)), ApiKeyState::Live);
    assert_eq!(state(&records, day(90)), ApiKeyState::Expired);
    let revoked = revoke(&records, &id, day(1)).unwrap().unwrap();
    put(&mut records, revoked);
    assert_eq!(state(&records, day(1)), ApiKeyState::Revoked);
    assert_eq!(state(&records, day(91)), ApiKeyState::Revoked);
    assert_eq!(revoke(&records, &id, day(2)), Ok(None));
    assert_eq!(add(&mut records, &expiring, day(90)), Err(ApiKeyRefusal::NeverLive));
}

#[test]
fn a_label_has_two_live_keys_at_most() {
    let mut records = Records::new();
    add(&mut records, &new(crm(), "CRM"), day(0)).unwrap();
    let second = add(&mut records, &new(crm(), "CRM"), day(0)).unwrap();
    let third = add(&mut records, &new(crm(), "CRM"), day(0));
    assert!(matches!(third, Err(ApiKeyRefusal::TooManyLive { .. })), "{third:?}");
    add(&mut records, &new(crm(), "Nightly import"), day(0)).unwrap();
    add(&mut records, &new(Authority::Reviewer, "CRM"), day(0)).unwrap();
    let revoked = revoke(&records, &second, day(1)).unwrap().unwrap();
    put(&mut records, revoked);
    add(&mut records, &new(crm(), "CRM"), day(1)).unwrap();
}

#[test]
fn a_rotated_key_overlaps_with_its_successor_of_the_same_life() {
    let mut records = Records::new();
    let expiring = NewApiKey { expires_at: Some(day(90)), ..new(crm(), "CRM") };
    let id = add(&mut records, &expiring, day(0)).unwrap();
    let rotate_at = |records: &Records, id: &ApiKeyId, days| {
        rotate(records, id, &ApiKey::random(), TimeDelta::days(7), day(days))
    };
    let (old, next) = rotate_at(&records, &id, 80).unwrap();
    assert_eq!((old.expires_at, next.expires_at), (Some(day(87)), Some(day(170))));
    assert_eq!((&next.authority, &next.label), (&old.authority, &old.label));
    assert_ne!(next.sha256, old.sha256);
    let (late, _) = rotate_at(&records, &id, 88).unwrap();
    assert_eq!(late.expires_at, Some(day(90))); // Never longer than it had.
    let next_id = next.id.clone();
    put(&mut records, old);
    put(&mut records, next);
    let too_soon = rotate_at(&records, &next_id, 86);
    assert!(matches!(too_soon, Err(ApiKeyRefusal::TooManyLive { .. })), "{too_soon:?}");
    let dead = ApiKeyRefusal::NotLive { id: id.clone(), state: ApiKeyState::Expired };
    assert_eq!(rotate_at(&records, &id, 87).unwrap_err(), dead);
    rotate_at(&records, &next_id, 87).unwrap();
    let nobody = ApiKey::random().id().clone();
    assert_eq!(rotate_at(&records, &nobody, 0).unwrap_err(), ApiKeyRefusal::Unknown(nobody));
}

#[test]
fn what_has_been_dead_for_a_year_is_forgotten() {
    let mut records = Records::new();
    let expiring = NewApiKey { expires_at: Some(day(10)), ..new(crm(), "CRM") };
    let id = add(&mut records, &expiring, day(0)).unwrap();
    add(&mut records, &new(Authority::Operator, "watch"), day(0)).unwrap();
    assert_eq!(forgotten(&records, day(375)), []);
    assert_eq!(forgotten(&records, day(376)), [id]);
}

#[test]
fn there_is_room_for_ten_thousand() {
    let mut records = Records::new();
    let record = create(&records, &ApiKey::random(), &new(crm(), "CRM"), day(0)).unwrap();
    while records.len() < KEYS_MAX {
        let (id, label) = (ApiKey::random().id().clone(), line(&records.len().to_string()));
        put(&mut records, ApiKeyRecord { id, label, ..record.clone() });
    }
    assert_eq!(add(&mut records, &new(crm(), "one more"), day(0)), Err(ApiKeyRefusal::Full));
}
