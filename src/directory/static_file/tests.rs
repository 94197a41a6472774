//! A directory in a file: what it answers, what it refuses, and how it follows changes.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::claim::program::Program;
use crate::directory::{
    Channel, Directory, DirectoryProvider, DirectorySettings, SubscriptionState,
};

const ANADOLU: &str = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d";
const EGE: &str = "c4d7e2b9-1f60-4a38-b5c9-7e8d2a4f6013";
const MUELLER: &str = "3e9a5b17-d842-4c06-8f1b-a6c2e0d4f975";
const NOBODY: &str = "ffffffff-0000-4000-8000-000000000000";
const SALES: &str = "2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a";

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

fn open(path: PathBuf) -> Result<Directory, DirectorySetupError> {
    Directory::new(&DirectorySettings { file: Some(path), ..DirectorySettings::default() })
}

fn example() -> Directory {
    open(concat!(env!("CARGO_MANIFEST_DIR"), "/config/directory.example.toml").into()).unwrap()
}

/// A directory over a file of its own, which a test may change.
struct Fixture {
    folder: TempDir,
    directory: Directory,
}

impl Fixture {
    fn with(content: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("directory.toml"), content).unwrap();
        let directory = open(folder.path().join("directory.toml")).unwrap();
        Self { folder, directory }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("directory.toml")
    }

    async fn domain(&self, domain: &str) -> DomainAnswer {
        self.directory.look_up(domain, id(ANADOLU), &[]).await.unwrap().domain
    }
}

fn tenant(domain: &str) -> String {
    format!("[[tenant]]\nid = \"{ANADOLU}\"\ndomains = [\"{domain}\"]\n")
}

#[tokio::test]
async fn a_domain_is_the_tenants_or_anothers_or_unknown() {
    use DomainAnswer::{BelongsToAnotherTenant, BelongsToTenant, UnknownDomain, UnknownTenant};
    let directory = example();
    for (domain, tenant, expected) in [
        ("anadoluelektrik.com.tr", ANADOLU, BelongsToTenant),
        ("AnadoluElektrik.com.TR", ANADOLU, BelongsToTenant),
        ("xn--egegda-s9a.example", EGE, BelongsToTenant),
        ("xn--mller-maschinenbau-m6b.example", MUELLER, BelongsToTenant),
        ("xn--egegda-s9a.example", ANADOLU, BelongsToAnotherTenant),
        ("anadoluelektrik.com.tr", NOBODY, BelongsToAnotherTenant),
        ("www.anadoluelektrik.com.tr", ANADOLU, UnknownDomain),
        ("", ANADOLU, UnknownDomain),
        ("../..", ANADOLU, UnknownDomain),
        ("nobody.example", NOBODY, UnknownTenant),
    ] {
        let answer = directory.look_up(domain, id(tenant), &[]).await;
        assert_eq!(answer.unwrap().domain, expected, "{domain} {tenant}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_ask_at_once_all_see_the_new_version() {
    for round in 0..20 {
        let fixture = Fixture::with(&tenant("old.example"));
        let fixture = Arc::new(fixture);
        fs::write(fixture.path(), tenant(&format!("new-{round}.example"))).unwrap();
        let asking: Vec<_> = (0..16)
            .map(|_| {
                let fixture = Arc::clone(&fixture);
                tokio::spawn(async move { fixture.domain(&format!("new-{round}.example")).await })
            })
            .collect();
        for answer in asking {
            assert_eq!(answer.await.unwrap(), DomainAnswer::BelongsToTenant, "{round}");
        }
    }
}

#[tokio::test]
async fn all_domains_of_a_known_tenant_are_told() {
    let answer = example().look_up("nobody.example", id(MUELLER), &[]).await.unwrap();
    let domains = ["xn--mller-maschinenbau-m6b.example", "mueller-maschinenbau.example"];
    assert_eq!(answer.domains.as_deref(), Some(domains.map(str::to_owned).as_slice()));
    let answer = example().look_up("nobody.example", id(NOBODY), &[]).await.unwrap();
    assert_eq!(answer.domains, None);
}

#[tokio::test]
async fn subscriptions_are_known_at_their_own_tenant_only() {
    let directory = example();
    let sales = SubscriptionRecord {
        product: "sales".to_owned(),
        channel: Channel::VolumeLicensing,
        state: SubscriptionState::Active,
        ends_on: chrono::NaiveDate::from_ymd_opt(2027, 6, 30),
    };
    for (tenant, expected) in [(ANADOLU, Some(sales)), (MUELLER, None), (NOBODY, None)] {
        let asked = [id(NOBODY), id(SALES)];
        let answer = directory.look_up("a.example", id(tenant), &asked).await.unwrap();
        let known = vec![(id(NOBODY), None), (id(SALES), expected)];
        assert_eq!(answer.subscriptions, SubscriptionsAnswer::Known(known), "{tenant}");
    }
}

#[tokio::test]
async fn every_channel_and_state_can_be_written_and_a_last_day_left_out() {
    let channels = [
        ("volume_licensing", Channel::VolumeLicensing),
        ("web_direct", Channel::WebDirect),
        ("csp", Channel::Csp),
    ];
    let states = [
        ("provisioning", SubscriptionState::Provisioning),
        ("active", SubscriptionState::Active),
        ("grace", SubscriptionState::Grace),
        ("suspended", SubscriptionState::Suspended),
        ("ended", SubscriptionState::Ended),
    ];
    for (channel_word, channel) in channels {
        for (state_word, state) in states {
            let fixture = Fixture::with(&format!(
                "{}[[tenant.subscription]]\nid = \"{SALES}\"\nproduct = \"sales\"\n\
                 channel = \"{channel_word}\"\nstate = \"{state_word}\"\n",
                tenant("a.example")
            ));
            let answer = fixture.directory.look_up("a.example", id(ANADOLU), &[id(SALES)]).await;
            let product = "sales".to_owned();
            let record = SubscriptionRecord { product, channel, state, ends_on: None };
            let known = SubscriptionsAnswer::Known(vec![(id(SALES), Some(record))]);
            assert_eq!(answer.unwrap().subscriptions, known);
        }
    }
}

#[tokio::test]
async fn without_a_file_nobody_is_known() {
    for file in [None, Some(PathBuf::new())] {
        let settings = DirectorySettings { file, ..DirectorySettings::default() };
        let directory = Directory::new(&settings).unwrap();
        let answer = directory.look_up("a.example", id(ANADOLU), &[id(SALES)]).await.unwrap();
        assert_eq!(answer.domain, DomainAnswer::UnknownTenant);
        assert_eq!(answer.domains, None);
        assert_eq!(answer.subscriptions, SubscriptionsAnswer::Known(vec![(id(SALES), None)]));
    }
}

#[tokio::test]
async fn a_location_is_known_with_its_organization_whoever_knows_tenants() {
    let mpn_id = |id: &str| MpnId::parse(id).unwrap();
    let file = Some(concat!(env!("CARGO_MANIFEST_DIR"), "/config/directory.example.toml").into());
    for provider in [DirectoryProvider::Static, DirectoryProvider::Entra] {
        let settings = DirectorySettings { provider, file: file.clone(), ..Default::default() };
        let directory = Directory::new(&settings).unwrap();
        let Registered::Of(bulut) = directory.registered(&mpn_id("1234568")).await else {
            panic!("{provider:?} does not know it");
        };
        let ids: Vec<_> = bulut.locations.iter().map(|one| one.mpn_id.as_str()).collect();
        assert_eq!((bulut.name.as_str(), ids.len()), ("Bulut Ortak", 3));
        let ankara = bulut.location(&mpn_id("1234568")).unwrap();
        assert_eq!((ankara.city.as_str(), ankara.country.as_str()), ("Ankara", "TR"));
        assert!(ankara.is_enrolled_in(Program::OsuMicrosoft365));
        assert!(!ankara.is_enrolled_in(Program::OsaSell));
        assert!(ankara.is_enrolled_in(Program::RecognitionOnly), "there is no incentive");
        assert_eq!(directory.registered(&mpn_id("7")).await, Registered::Unknown);
        let together =
            async |one, other| directory.are_together(&mpn_id(one), &mpn_id(other)).await;
        assert!(together("1234567", "1234569").await);
        assert!(!together("1234567", "2345678").await);
        assert!(!together("7", "1234567").await);
    }
    let directory = Directory::new(&DirectorySettings::default()).unwrap();
    assert_eq!(directory.registered(&mpn_id("1234567")).await, Registered::NoRegistry);
    assert!(!directory.are_together(&mpn_id("1234567"), &mpn_id("1234568")).await);
}

#[tokio::test]
async fn a_change_counts_at_the_next_look_up() {
    let fixture = Fixture::with(&tenant("a.example"));
    assert_eq!(fixture.domain("a.example").await, DomainAnswer::BelongsToTenant);

    // In place, of the same size, and most likely in the same tick of the file system.
    fs::write(fixture.path(), tenant("b.example")).unwrap();
    assert_eq!(fixture.domain("a.example").await, DomainAnswer::UnknownDomain);
    assert_eq!(fixture.domain("b.example").await, DomainAnswer::BelongsToTenant);

    // By a rename.
    let next = fixture.folder.path().join("next.toml");
    fs::write(&next, tenant("c.example")).unwrap();
    fs::rename(&next, fixture.path()).unwrap();
    assert_eq!(fixture.domain("c.example").await, DomainAnswer::BelongsToTenant);
}

#[tokio::test]
async fn a_missing_or_broken_version_keeps_the_last_good_one_in_force() {
    let fixture = Fixture::with(&tenant("a.example"));
    for broken in ["", "[[tenant]", "[[tenant]]\nid = 1\n", "\u{0}"] {
        fs::write(fixture.path(), broken).unwrap();
        assert_eq!(fixture.domain("a.example").await, DomainAnswer::BelongsToTenant, "{broken:?}");
    }
    fs::remove_file(fixture.path()).unwrap();
    assert_eq!(fixture.domain("a.example").await, DomainAnswer::BelongsToTenant);

    fs::write(fixture.path(), tenant("b.example")).unwrap();
    assert_eq!(fixture.domain("b.example").await, DomainAnswer::BelongsToTenant);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn look_ups_go_on_while_the_file_changes() {
    let fixture = Arc::new(Fixture::with(&tenant("a.example")));
    let asking: Vec<_> = (0..4)
        .map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move {
                for _ in 0..200 {
                    let answer = fixture.directory.look_up("a.example", id(ANADOLU), &[]).await;
                    assert!(answer.unwrap().domains.is_some_and(|domains| domains.len() == 1));
                }
            })
        })
        .collect();
    for round in 0..50 {
        fs::write(fixture.path(), tenant(&format!("r{round}.example"))).unwrap();
        tokio::task::yield_now().await;
    }
    for task in asking {
        task.await.unwrap();
    }
    assert_eq!(fixture.domain("r49.example").await, DomainAnswer::BelongsToTenant);
}
