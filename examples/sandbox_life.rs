//! The life of a claim in a sandbox of its own, over HTTP; and the same story in a world of the
//! test kit, which needs no server that is running, and is for tests in Rust.
//!
//! `cargo run --example sandbox_life` starts `cpor serve --sandbox`, which it finds on the `PATH`;
//! CPOR_URL names one that is running already.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use cpor::testkit::http::{Answer, HttpClient};
use cpor::testkit::{World, a_claim};
use cpor_jobs::{
    Customer, CustomerContact, Partner, ProofOfExecution, SubmissionKey, SubmitClaim, Work,
};
use hyper::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// A Friday.
const BEGIN: &str = "2026-11-20T15:00:00Z";
/// The last instant at which a rejection is in time: the end is midnight in Istanbul after the
/// fifth business day.
const LAST: &str = "2026-11-27T20:59:59.999Z";
const END: &str = "2026-11-27T21:00:00Z";

#[tokio::main]
async fn main() -> Result<()> {
    let server = Server::find()?;
    let sandbox = Sandbox::make(&server.url).await?;
    let lived = life(&sandbox).await;
    sandbox.remove().await?;
    lived?;
    same_in_the_test_kit().await;
    println!("A claim became official in a sandbox, and in a world of the test kit.");
    Ok(())
}

async fn life(sandbox: &Sandbox) -> Result<()> {
    let created = sandbox.post("/v1/claims", my_claim().to_json()?).await?;
    let claim = created["id"].as_str().context("a claim without id")?;
    // The customer is notified, and the window opens.
    sandbox.travel(json!({ "advance_by_seconds": 1 })).await?;
    ensure!(sandbox.travel(json!({ "before_end_of": claim })).await? == LAST);
    ensure!(sandbox.status(claim).await? == "notified");
    ensure!(sandbox.travel(json!({ "to": END })).await? == END);
    ensure!(sandbox.status(claim).await? == "associated");
    let mails = sandbox.get("/v1/mails").await?;
    let kinds: Vec<_> =
        mails["mails"].as_array().into_iter().flatten().map(|m| &m["kind"]).collect();
    ensure!(kinds == ["notice", "reminder", "partner_result"], "other mails: {kinds:?}");
    Ok(())
}

async fn same_in_the_test_kit() {
    let world = World::starting(BEGIN).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to(LAST).await;
    world.expect(claim).notified().has_been_mailed("reminder").await;
    world.travel_to(END).await;
    world.expect(claim).associated_at(END).sees_usage_data().await;
    world.finish().await;
}

/// What an upstream system submits; the sandbox's directory knows this customer.
fn my_claim() -> SubmitClaim {
    let tenant = uuid::uuid!("82e9d699-f15b-4916-90ee-30b51eb64fb0");
    let contact =
        CustomerContact::new("Mert Kaya", "BT Müdürü", "mert.kaya@anadoluelektrik.example");
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    SubmitClaim::new(
        SubmissionKey::new("crm-emea", "2026-000123"),
        "Teams rollout",
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        Customer::new(tenant, "anadoluelektrik.example", "TR", contact)
            .with_time_zone("Europe/Istanbul"),
        Work::microsoft_365(["teams"]),
        ProofOfExecution::document("sow.pdf", digest, "https://files.partner.example/sow.pdf"),
    )
}

/// A namespace of its own: data, clock, keys and mails.
struct Sandbox {
    server: HttpClient,
    id: String,
    key: String,
}

impl Sandbox {
    async fn make(url: &str) -> Result<Self> {
        let server = HttpClient::of(url);
        let made = server.post_json("/v1/sandboxes", "", json!({ "starts_at": BEGIN }).to_string());
        let made = read(made.await)?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("no text");
        let (id, key) = (text(&made["sandbox_id"])?, text(&made["keys"]["upstream_source"])?);
        Ok(Self { server, id, key })
    }

    /// Removes it with all that is in it.
    async fn remove(&self) -> Result<()> {
        let path = format!("/v1/sandboxes/{}", self.id);
        let gone = self.server.request(Method::DELETE, &path, &[], "").await;
        ensure!(gone.status == 204, "{}", gone.text());
        Ok(())
    }

    /// Moves the clock, and returns once everything on the way is done; says where it stands.
    async fn travel(&self, way: Value) -> Result<Value> {
        Ok(self.post("/v1/clock", way.to_string()).await?["now"].clone())
    }

    async fn status(&self, claim: &str) -> Result<Value> {
        Ok(self.get(&format!("/v1/claims/{claim}")).await?["status"].clone())
    }

    async fn get(&self, path: &str) -> Result<Value> {
        read(self.server.get_as(&self.key, &self.path(path)).await)
    }

    async fn post(&self, path: &str, body: String) -> Result<Value> {
        read(self.server.post_json(&self.path(path), &self.key, body).await)
    }

    fn path(&self, path: &str) -> String {
        format!("/sandboxes/{}{path}", self.id)
    }
}

fn read(answer: Answer) -> Result<Value> {
    ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
    Ok(answer.json())
}

/// The server that CPOR_URL names, or one that ends with this program.
struct Server {
    url: String,
    own: Option<(Child, tempfile::TempDir)>,
}

impl Server {
    fn find() -> Result<Self> {
        if let Ok(url) = std::env::var("CPOR_URL") {
            return Ok(Self { url, own: None });
        }
        let data = tempfile::tempdir()?;
        let child = Command::new("cpor")
            .args(["serve", "--sandbox"])
            .env("CPOR_HTTP__LISTEN", "127.0.0.1:0")
            .env("CPOR_DATA__DIRECTORY", data.path())
            .stderr(Stdio::piped())
            .spawn()
            .context("could not start cpor; is it on the PATH?")?;
        let mut server = Self { url: String::new(), own: Some((child, data)) };
        server.url = server.address()?;
        Ok(server)
    }

    /// Where it says that it listens.
    fn address(&mut self) -> Result<String> {
        let said = self.own.as_mut().and_then(|(child, _)| child.stderr.take());
        let mut lines = BufReader::new(said.context("a server without words")?).lines();
        while let Some(line) = lines.next() {
            let line = line?;
            let Some(rest) = line.strip_prefix("serving sandboxes on ") else { continue };
            let url = rest.split(';').next().unwrap_or_default().to_owned();
            // What it says later is read and dropped, so that it never has to wait.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(url);
        }
        bail!("cpor serve --sandbox ended before it listened")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some((child, _)) = &mut self.own else { return };
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            // As Ctrl-C does: it removes its sandboxes and stops its Redis.
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = child.wait();
    }
}
