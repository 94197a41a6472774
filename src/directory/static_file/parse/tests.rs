//! Which files are refused, and how that is said.

use std::error::Error;
use std::fs;
use std::path::Path;

use super::*;
use crate::directory::{Directory, DirectorySettings, DirectorySetupError};

const TENANT: &str = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d";
const OTHER: &str = "c4d7e2b9-1f60-4a38-b5c9-7e8d2a4f6013";
const SUBSCRIPTION: &str = "2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a";

fn open(path: &Path) -> Result<Directory, DirectorySetupError> {
    let file = Some(path.to_owned());
    Directory::new(&DirectorySettings { file, ..DirectorySettings::default() })
}

fn tenant(domain: &str) -> String {
    format!("[[tenant]]\nid = \"{TENANT}\"\ndomains = [\"{domain}\"]\n")
}

/// What the start says of a file: the setting, the file, the line and the remedy.
fn complaint(content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.toml");
    fs::write(&path, content).unwrap();
    let error = open(&path).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("directory.file") && text.contains(path.to_str().unwrap()), "{text}");
    error.source().unwrap().to_string()
}

#[test]
fn rubbish_is_refused_by_line_and_with_a_remedy() {
    #[track_caller]
    fn check(given: impl AsRef<[u8]>, expected: &str) {
        let complaint = complaint(given.as_ref());
        assert!(complaint.contains(expected), "{complaint:?} does not contain {expected:?}");
    }
    let good = tenant("a.example");
    let subscription = |of: &str| {
        format!(
            "[[tenant.subscription]]\nid = \"{SUBSCRIPTION}\"\n\
             channel = \"csp\"\nstate = \"ended\"\n{of}"
        )
    };
    let sales = subscription("product = \"sales\"\n");
    let other = good.replace(TENANT, OTHER);

    check("", "it is empty");
    check(" \n\t\n", "it is empty");
    check(b"# a\n# \xff\n", "line 2: there is a byte that is not UTF-8; save the file as UTF-8");
    check("\n\n[[tenant]\n", "line 3: ");
    check("[[tenants]]\n", "line 1: unknown field `tenants`, expected `tenant`");
    check(good.replace("domains", "domain"), "line 3: unknown field `domain`");
    check("[[tenant]]\ndomains = []\n", "line 1: missing field `id`");
    check(good.replace(TENANT, "8f0b3d1c"), "line 2: ");
    check(good.replace(TENANT, &Uuid::nil().to_string()), "line 2: the tenant id is all zero");
    check(tenant("localhost"), "line 3: \"localhost\" is not a domain name");
    check(tenant("https://a.example"), "line 3: \"https://a.example\" is not a domain name");
    check(tenant("a..example"), "line 3: \"a..example\" is not a domain name");
    check(
        format!("{good}{good}"),
        "line 5: tenant 8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d is already on line 2",
    );
    check(format!("{good}{other}"), "line 6: domain a.example is already on line 3");
    check(
        format!(
            "{}{}",
            tenant("bücher.example"),
            tenant("XN--Bcher-kva.example").replace(TENANT, OTHER)
        ),
        "line 6: domain xn--bcher-kva.example is already on line 3; leave it in one place only",
    );
    check(format!("{good}{sales}{sales}"), "line 10: subscription 2b6d9a10-");
    check(format!("{good}{sales}{}{sales}", other.replace("a.ex", "b.ex")), "already on line 5");
    check(format!("{good}{}", subscription("")), "missing field `product`");
    check(
        format!("{good}{}", subscription("product = \" \"")),
        "line 8: a product has 1 characters",
    );
    check(
        format!("{good}{}", sales.replace("csp", "CSP")),
        "unknown variant `CSP`, expected one of",
    );
    check(format!("{good}{}", sales.replace("ended", "gone")), "line 7: unknown variant `gone`");
    check(format!("{good}{sales}ends_on = \"2027-02-30\"\n"), "line 9: ");
    check(format!("{good}{sales}seats = 5\n"), "line 9: unknown field `seats`");
}

#[test]
fn a_location_is_one_organizations_and_well_formed() {
    #[track_caller]
    fn check(change: (&str, &str), expected: &str) {
        let location = "[[partner.location]]\nmpn_id = \"1234567\"\nname = \"A\"\ncity = \"B\"\n\
                        country = \"TR\"\nprograms = [\"osa_sell\"]\n";
        let good = format!("[[partner]]\nname = \"C\"\n{location}");
        assert!(parse(good.as_bytes()).is_ok());
        let other = location.replace("1234567", "1234568");
        let complaint =
            complaint(format!("{good}{}", other.replace(change.0, change.1)).as_bytes());
        assert!(complaint.contains(expected), "{complaint:?} does not contain {expected:?}");
    }
    check(("1234568", "1234567"), "line 10: location 1234567 is already on line 4");
    check(("1234568", "x"), "line 10: \"x\" cannot be used; write the location id");
    check(("\"B\"", "\" \""), "line 12: ");
    check(("TR", "Turkey"), "line 13: \"Turkey\" cannot be used; write two letters");
    check(("osa_sell", "osa"), "line 14: unknown variant `osa`");
    check(("city", "town"), "unknown field `town`");
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("missing.toml")] {
        let error = open(&path).unwrap_err().to_string();
        assert!(
            error.starts_with("setting directory.file cannot be used: could not load /"),
            "{error}"
        );
    }
}

#[test]
fn harmless_forms_are_accepted() {
    for content in [
        "# nobody yet\n".to_owned(),
        tenant("a.example\", \"A.example"),
        format!("\u{feff}{}", tenant("a.example")),
        tenant("a.example").replace('\n', "\r\n"),
        tenant("a.example").replace("[\"a.example\"]", "[]"),
    ] {
        assert!(parse(content.as_bytes()).is_ok(), "{content:?}");
    }
}
