//! `cpor source key`: what an upstream system is handed.

use cpor::access::source_key;
use cpor::claim::identity::Source;
use cpor::secrets::{KeyId, Secrets, new_key, printed};

use super::deployment::{Deployment, Ran};

/// Runs the command where no Redis can be reached.
fn run(args: &[&str], keys: &str) -> Ran {
    let deployment = Deployment::private("[redis]\nurl = \"redis://127.0.0.1:1/\"");
    let mut command = deployment.command(&[&["source", "key"], args].concat());
    Ran::of(command.env("CPOR_SECRETS__KEYS", keys).spawn().unwrap())
}

#[test]
fn the_key_of_a_source_is_printed_for_people_and_programs() {
    let keys = format!("{},{}", new_key(KeyId(2)), new_key(KeyId(1)));
    let secrets = Secrets::parse(&keys, "a test").unwrap();
    let (id, key) = source_key(&secrets, &Source::parse("crm-emea").unwrap());
    let expected = printed(id, &key);
    let people = run(&["crm-emea"], &keys);
    assert_eq!((people.code, people.stdout), (0, format!("{expected}\n")));
    let object = run(&["crm-emea", "--json"], &keys).object();
    assert_eq!(object["source"], "crm-emea");
    assert_eq!(object["key_id"], 2);
    assert_eq!(object["key"], expected.as_str());
}

#[test]
fn what_cannot_be_a_source_has_no_key() {
    let ran = run(&[" crm-emea"], &new_key(KeyId(1)));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("begins or ends with white space"), "{ran:?}");
}

#[test]
fn without_secret_keys_nothing_is_made_up_in_production() {
    let deployment = Deployment::private("");
    let ran = deployment.run(&["--profile", "production", "source", "key", "crm-emea"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("cpor secret new"), "{ran:?}");
}
