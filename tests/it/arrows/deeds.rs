//! How each arrow is walked: the request of the API, the form of a page, or what has to happen.

use serde_json::{Value, json};

use super::stage::Cast;
use super::who::Who;

/// Something that moves a claim.
pub struct Deed {
    pub api: Api,
    pub pages: Pages,
}

/// By the API.
pub enum Api {
    /// Somebody's request; of the path `/v1/claims/{claim_id}/` the rest.
    Call { who: Who, path: &'static str, body: fn(&Cast) -> Value },
    /// Nobody, and why.
    Nobody(&'static str),
}

/// By pages.
pub enum Pages {
    /// Each of these.
    Of(Vec<Page>),
    /// Nobody, and why.
    Nobody(&'static str),
}

/// By one page.
pub enum Page {
    /// A form of the partner's pages, of the path `/partner/claims/{claim_id}/` the rest.
    Partner(&'static str, Form),
    /// A draft, submitted.
    Draft,
    /// A form of the operations pages, of the path `/ops/claims/{claim_id}/` the rest.
    Ops(&'static str, Form),
    /// The form of a decision on the pages of reviews, `/ops/reviews/{claim_id}`.
    Review(Form),
    /// An answer on the customer's page, reached by the link of the notice.
    Customer(&'static str),
    /// The end of an association in the customer's own view, reached by the link of a mail.
    OwnView,
}

const CUSTOMERS: &str = "a customer has no key; its link is its only way";
const VALIDATED: &str = "the worker asks the tenant directory";
const WHY: (&str, &str) = ("reason", "It was looked at.");
const CODE: (&str, &str) = ("code:proof_of_execution:proof_missing", "proof_missing");
const SAID: (&str, &str) = ("said:proof_of_execution:proof_missing", "It is empty.");

/// The fields of a form.
type Form = &'static [(&'static str, &'static str)];

/// How a contest is decided for the claim, and how against it.
const FOR: [Form; 2] =
    [&[WHY, ("winner", "claimant")], &[WHY, ("act", "contest"), ("winner", "this")]];
const AGAINST: [Form; 2] =
    [&[WHY, ("winner", "holder")], &[WHY, ("act", "contest"), ("winner", "other")]];

/// Who has to be there for what happens by itself.
const BY_ITSELF: [(&str, &str); 7] = [
    ("import", "an operator imports a file, with `cpor import`"),
    ("verdict", VALIDATED),
    ("notice", "the worker sends the notice, and the mail server answers"),
    ("silence", "the window ends"),
    ("wait", "the partner's time to answer ends"),
    ("wait_long", "the partner's time to dispute it, or to reactivate the claim, ends"),
    ("subscription_ends", "the tenant directory says that the subscription has ended"),
];

impl Deed {
    const fn new(api: Api, pages: Pages) -> Self {
        Self { api, pages }
    }

    /// It happens by itself.
    fn nobody(why: &'static str) -> Self {
        Self::new(Api::Nobody(why), Pages::Nobody(why))
    }

    /// Whether it happens by itself.
    pub const fn is_nobodys(&self) -> bool {
        matches!((&self.api, &self.pages), (Api::Nobody(_), Pages::Nobody(_)))
    }

    pub fn api_in_words(&self) -> String {
        match self.api {
            Api::Call { path, .. } => {
                let path = api_path(path);
                format!("`POST {path}`: {}", roles(&path))
            }
            Api::Nobody(why) => format!("nobody: {why}"),
        }
    }

    pub fn pages_in_words(&self) -> String {
        match &self.pages {
            Pages::Of(pages) => pages.iter().map(Page::in_words).collect::<Vec<_>>().join("; "),
            Pages::Nobody(_) if self.is_nobodys() => "nobody".to_owned(),
            Pages::Nobody(why) => format!("nobody: {why}"),
        }
    }
}

impl Page {
    fn in_words(&self) -> String {
        let path = match self {
            Self::Partner(act, _) => format!("/partner/claims/{{claim_id}}/{act}"),
            Self::Ops(act, _) => format!("/ops/claims/{{claim_id}}/{act}"),
            Self::Review(_) => "/ops/reviews/{claim_id}".to_owned(),
            Self::Draft => "/partner/drafts/{draft_id}/submit".to_owned(),
            Self::Customer(_) => return "`POST /r/{token}`: the customer".to_owned(),
            Self::OwnView => return "`POST /c/{token}`: the customer".to_owned(),
        };
        format!("`POST {path}`: {}", roles(&path))
    }
}

/// The path of a request; without a claim it makes one.
pub fn api_path(path: &str) -> String {
    if path.is_empty() {
        "/v1/claims".to_owned()
    } else {
        format!("/v1/claims/{{claim_id}}/{path}")
    }
}

fn roles(path: &str) -> String {
    let route = super::who::route(path);
    let admitted = cpor::access::Role::ALL.into_iter().filter(|role| route.admits(Some(*role)));
    admitted.map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ")
}

/// How a deed is done.
pub fn deed(name: &str) -> Deed {
    if let Some((_, why)) = BY_ITSELF.iter().find(|(by_itself, _)| *by_itself == name) {
        return Deed::nobody(why);
    }
    let call = |who, path, body| Api::Call { who, path, body };
    let by_partner = |path, body, page| Deed::new(call(Who::Partner, path, body), page);
    let by_customer = |answer| Deed::new(Api::Nobody(CUSTOMERS), one(Page::Customer(answer)));
    let by_reviewer = |path, body, page| Deed::new(call(Who::Reviewer, path, body), page);
    match name {
        "submit" => Deed::new(call(Who::Source, "", submission), one(Page::Draft)),
        "withdraw" => {
            let pages = vec![Page::Partner("withdraw", &[]), Page::Ops("withdraw", &[WHY])];
            by_partner("withdraw", |_| json!({}), Pages::Of(pages))
        }
        "amend" => {
            let fields = &[("customer.domain", "{domain}")];
            by_partner("amend", amended, one(Page::Partner("amend", fields)))
        }
        "confirm_contact" => {
            by_partner("confirm-contact", |_| Value::Null, one(Page::Partner("contact", &[])))
        }
        "dispute" => {
            let body = |_: &Cast| json!({"justification": "It is on page 3."});
            by_partner("dispute", body, one(Page::Partner("dispute", &[WHY])))
        }
        "reactivate" => by_partner("reactivate", why, one(Page::Partner("reactivate", &[WHY]))),
        "end" => {
            let body = |_: &Cast| json!({"reason": "partner_withdrew", "detail": "It is over."});
            let because = &[WHY, ("because", "customer_withdrew")];
            let pages =
                vec![Page::Partner("end", &[WHY]), Page::Ops("end", because), Page::OwnView];
            by_partner("end", body, Pages::Of(pages))
        }
        "reject" => by_customer("reject"),
        "agree" => by_customer("agree"),
        "pass_on" => by_customer("pass_on"),
        "pause" => by_reviewer("pause", why, one(Page::Ops("pause", &[WHY]))),
        "resume" => by_reviewer("resume", why, one(Page::Ops("resume", &[WHY]))),
        "extend" => {
            let body = |_: &Cast| json!({"business_days": 2, "reason": "It was looked at."});
            by_reviewer("extend", body, one(Page::Ops("extend", &[WHY, ("business_days", "2")])))
        }
        // The one that loses is superseded in the commit that decides for the other.
        "arbitrate_for" | "supersede" => {
            let body = |_: &Cast| json!({"upheld": true, "reason": "It is newer."});
            by_reviewer("arbitrate", body, contest(FOR))
        }
        "arbitrate_against" => {
            let body = |_: &Cast| json!({"upheld": false, "reason": "It is older."});
            by_reviewer("arbitrate", body, contest(AGAINST))
        }
        "approve" => {
            let body = |_: &Cast| json!({"decision": "approve"});
            by_reviewer("review", body, one(Page::Review(&[("act", "approve")])))
        }
        "ask_action" => {
            let form = &[("act", "refuse"), ("decision", "ask_action"), CODE, SAID];
            by_reviewer("review", |_| found("ask_action"), one(Page::Review(form)))
        }
        "refuse" => {
            let form = &[("act", "refuse"), ("decision", "refuse"), CODE, SAID];
            by_reviewer("review", |_| found("refuse"), one(Page::Review(form)))
        }
        "decide_for" => {
            let form = &[("act", "dispute"), ("winner", "claim"), WHY];
            decided(|_| json!({"upheld": true, "reason": "So it is."}), form)
        }
        "decide_against" => {
            let form = &[("act", "dispute"), ("winner", "refusal"), WHY];
            decided(|_| json!({"upheld": false, "reason": "It is not."}), form)
        }
        other => panic!("nothing is called `{other}`"),
    }
}

fn one(page: Page) -> Pages {
    Pages::Of(vec![page])
}

/// Who has refused a claim does not decide its dispute.
fn decided(body: fn(&Cast) -> Value, form: Form) -> Deed {
    let api = Api::Call { who: Who::OtherReviewer, path: "decide-dispute", body };
    Deed::new(api, one(Page::Review(form)))
}

/// A contest is decided on the page of the claim, or among the reviews.
fn contest([on_claim, in_reviews]: [Form; 2]) -> Pages {
    Pages::Of(vec![Page::Ops("arbitrate", on_claim), Page::Review(in_reviews)])
}

fn why(_: &Cast) -> Value {
    json!({"reason": "It was looked at."})
}

fn found(decision: &str) -> Value {
    let finding = json!({"code": "proof_missing", "message": "It is empty."});
    json!({"decision": decision, "findings": [finding]})
}

fn submission(cast: &Cast) -> Value {
    serde_json::from_str(&cast.submission.to_json().unwrap()).unwrap()
}

fn amended(cast: &Cast) -> Value {
    let mut right = submission(cast);
    right["customer"]["domain"] = json!(cast.domain());
    right
}
