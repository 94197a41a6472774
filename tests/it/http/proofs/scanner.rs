//! The scanner, as far as its answers go; a real clamd is asked in `tests/clamd.sh`.

use cpor::claim::Status;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::super::{Site, assert_problem, codes};
use super::{files, proved_by};

/// Answers every scan with these words, as clamd does.
async fn scan(listener: TcpListener, words: &'static str) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut command = [0; 10];
        stream.read_exact(&mut command).await.unwrap();
        assert_eq!(&command, b"zINSTREAM\0");
        drain(&mut stream).await;
        stream.write_all(format!("{words}\0").as_bytes()).await.unwrap();
    }
}

async fn drain(stream: &mut TcpStream) {
    loop {
        let length = stream.read_u32().await.unwrap();
        if length == 0 {
            return;
        }
        let mut piece = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut piece).await.unwrap();
    }
}

/// A site whose scanner is not there yet, and where it will be.
async fn without_scanner() -> (Site, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let scanner = format!("tcp://{address}");
    (Site::configured(&[("documents.scanner", &scanner)]).await, address)
}

#[tokio::test]
async fn a_verdict_waits_for_the_scan_and_no_longer() {
    let (site, address) = without_scanner().await;
    let key = site.partner().await;
    let waiting = site.uploaded(&key).await;
    let one = format!("/v1/documents/{waiting}");
    assert_eq!(site.http.get_as(&key, &one).await.json()["scan"]["state"], "waiting_for_scan");
    let refused = site.http.get_as(&key, &format!("{one}/content")).await;
    assert_eq!(assert_problem(&refused, 409, "claim_conflict")["code"], "waiting_for_scan");
    let id = site.world.submit(proved_by(&waiting)).await;
    assert_eq!(site.world.status(id).await, Status::Submitted);
    site.world.travel_for(chrono::TimeDelta::minutes(3)).await;
    assert_eq!(site.world.status(id).await, Status::Submitted);

    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(scan(listener, "stream: OK"));
    site.world.travel_for(chrono::TimeDelta::minutes(10)).await;
    assert_eq!(site.http.get_as(&key, &one).await.json()["scan"]["state"], "clean");
    assert_eq!(site.world.status(id).await, Status::Notified);
    assert_eq!(site.http.get_as(&key, &format!("{one}/content")).await.status, 200);
}

#[tokio::test]
async fn what_is_found_later_deletes_the_document_and_asks_the_partner() {
    let (site, address) = without_scanner().await;
    let key = site.partner().await;
    let waiting = site.uploaded(&key).await;
    let id = site.world.submit(proved_by(&waiting)).await;
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(scan(listener, "stream: Eicar-Test-Signature FOUND"));
    site.world.travel_for(chrono::TimeDelta::minutes(10)).await;
    assert_eq!(site.world.status(id).await, Status::ActionRequired);
    let claim = site.http.get_as(&key, &format!("/v1/claims/{id}")).await.json();
    let field = "proof_of_execution[0].document_id";
    assert_eq!(codes(&claim), [(field, "document_infected")], "{claim}");
    let document = site.http.get_as(&key, &format!("/v1/documents/{waiting}")).await.json();
    assert_eq!(document["scan"]["found"], "Eicar-Test-Signature", "{document}");
    assert!(site.kept().is_empty());
}

#[tokio::test]
async fn what_is_found_at_once_is_refused_and_recorded() {
    let (site, address) = without_scanner().await;
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(scan(listener, "stream: Eicar-Test-Signature FOUND"));
    let key = site.partner().await;
    let answer = site.upload(&key, "sow.pdf", "", files::pdf("")).await;
    let problem = assert_problem(&answer, 422, "findings_reported");
    assert_eq!(codes(&problem), [("content", "document_infected")]);
    assert!(answer.text().contains("Eicar-Test-Signature"), "{}", answer.text());
    let listed = site.http.get_as(&key, "/v1/documents").await.json();
    assert_eq!(listed["documents"][0]["scan"]["state"], "infected", "{listed}");
    assert!(site.kept().is_empty());
}

/// Whatever else it says is no word that the document is clean.
#[tokio::test]
async fn a_scanner_that_says_anything_else_keeps_documents_waiting() {
    let (site, address) = without_scanner().await;
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(scan(listener, "INSTREAM size limit exceeded. ERROR"));
    let key = site.partner().await;
    let answer = site.upload(&key, "sow.pdf", "", files::pdf("")).await;
    assert_eq!(answer.json()["scan"]["state"], "waiting_for_scan", "{}", answer.text());
    site.world.settle().await;
}
