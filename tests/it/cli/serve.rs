//! `cpor serve` without any configuration, as somebody tries it who has just cloned it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use cpor::testkit::a_claim;
use cpor::testkit::http::HttpClient;
use rustix::process::{Pid, Signal, kill_process};

/// The demo's customer, whom a developer's deployment knows.
const TENANT: &str = "82e9d699-f15b-4916-90ee-30b51eb64fb0";

#[tokio::test]
async fn a_claim_goes_from_one_command_to_the_customers_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cpor"))
        .arg("serve")
        .current_dir(folder.path())
        .env("CPOR_HTTP__LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = said.find_map(|line| {
        let address = line.strip_prefix("serving ")?.split(',').next()?;
        Some(address.to_owned())
    });
    let address = address.unwrap();
    let key = said.find_map(|line| {
        let is_upstream = line.contains("upstream_source crm-emea; for development only");
        line.split_whitespace()
            .find(|word| is_upstream && word.starts_with("cpor_"))
            .map(str::to_owned)
    });
    let http = HttpClient::of(&address);

    let mut claim = a_claim();
    "crm-emea".clone_into(&mut claim.source);
    claim.customer.tenant_id = TENANT.parse().unwrap();
    "anadoluelektrik.example".clone_into(&mut claim.customer.domain);
    "mert.kaya@anadoluelektrik.example".clone_into(&mut claim.customer.contact.email);
    let json = claim.to_json().unwrap();
    let created = http.post_json("/v1/claims", &key.unwrap(), json).await;
    assert_eq!(created.status, 201, "{}", created.text());

    let mails = folder.path().join("data/mail");
    let link = loop {
        let mut files = std::fs::read_dir(&mails).into_iter().flatten().map(Result::unwrap);
        let mail = files.find(|file| file.path().extension().is_some_and(|e| e == "eml"));
        let Some(mail) = mail else { continue };
        let text = std::fs::read_to_string(mail.path()).unwrap().replace("=\r\n", "");
        let begin = text.find(&format!("{address}/r/")).unwrap();
        let end = |c: char| c.is_whitespace() || c == '"';
        break text[begin..].split(end).next().unwrap().to_owned();
    };
    let page = http.get(link.strip_prefix(&address).unwrap()).await;
    assert_eq!(page.status, 200, "{link}");
    assert!(page.text().contains("anadoluelektrik.example"), "{}", page.text());

    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
}
