//! Who claims, and for which customer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::limits;

/// The claiming partner.
///
/// ```
/// use cpor_jobs::Partner;
///
/// let partner = Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example");
/// assert_eq!(partner.contact.name, "Ece Yıldız");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Partner {
    /// The location id of the claiming partner: 1 to 10 digits, not all zero.
    #[schemars(regex(pattern = r"^0*[1-9][0-9]*$"), length(min = 1, max = limits::MPN_ID_MAX))]
    pub mpn_id: String,
    /// The person whom the customer and the reviewers may ask.
    pub contact: PartnerContact,
}

impl Partner {
    /// The partner with this MPN ID, and the name and e-mail address of its contact.
    pub fn new(
        mpn_id: impl Into<String>,
        contact_name: impl Into<String>,
        contact_email: impl Into<String>,
    ) -> Self {
        let contact = PartnerContact { name: contact_name.into(), email: contact_email.into() };
        Self { mpn_id: mpn_id.into(), contact }
    }
}

/// The partner's contact.
///
/// ```
/// use cpor_jobs::{Partner, PartnerContact};
///
/// let contact: PartnerContact = Partner::new("7", "Ece Yıldız", "ece@partner.example").contact;
/// assert_eq!(contact.email, "ece@partner.example");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PartnerContact {
    /// The person's name.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub name: String,
    /// The person's e-mail address.
    #[schemars(extend("format" = "idn-email"), length(min = 3, max = limits::EMAIL_MAX))]
    pub email: String,
}

/// The customer for whose items the claim is.
///
/// ```
/// use cpor_jobs::{Customer, CustomerContact, TechnicalContact};
/// use uuid::Uuid;
///
/// let contact = CustomerContact::new("Jo Doe", "CIO", "jo@customer.example");
/// let customer = Customer::new(Uuid::from_u128(1), "customer.example", "CA", contact)
///     .with_subdivision("CA-BC")
///     .with_time_zone("America/Vancouver")
///     .with_technical_contact(TechnicalContact::new("Al Roe", "Admin", "al@customer.example"));
/// assert_eq!(customer.time_zone.as_deref(), Some("America/Vancouver"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Customer {
    /// The customer's directory id, not all zero.
    pub tenant_id: Uuid,
    /// A DNS name that belongs to the tenant; internationalized names in either form.
    #[schemars(extend("format" = "idn-hostname"), length(min = 3, max = limits::DOMAIN_MAX))]
    pub domain: String,
    /// The country whose business days count, ISO 3166-1 alpha-2.
    #[schemars(regex(pattern = r"^[A-Za-z]{2}$"))]
    pub country: String,
    /// The part of the country whose holidays count, ISO 3166-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z]{2}-[0-9A-Za-z]{1,3}$"))]
    pub subdivision: Option<String>,
    /// The IANA zone in which days end; otherwise the country's zone where they end last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::TIME_ZONE_MAX))]
    #[schemars(regex(pattern = r"^[A-Za-z][0-9A-Za-z_+-]*(/[0-9A-Za-z_+-]+){0,2}$"))]
    pub time_zone: Option<String>,
    /// The person who gets the notice.
    pub contact: CustomerContact,
    /// The person who knows the installation; Business Applications only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technical_contact: Option<TechnicalContact>,
}

impl Customer {
    /// The customer with this directory id, one of its domains, its country (ISO 3166-1 alpha-2)
    /// and the person who gets the notice. See the example of [`Customer`].
    pub fn new(
        tenant_id: Uuid,
        domain: impl Into<String>,
        country: impl Into<String>,
        contact: CustomerContact,
    ) -> Self {
        Self {
            tenant_id,
            domain: domain.into(),
            country: country.into(),
            subdivision: None,
            time_zone: None,
            contact,
            technical_contact: None,
        }
    }

    /// With the part of the country whose holidays count, ISO 3166-2, such as `CA-BC`.
    #[must_use]
    pub fn with_subdivision(mut self, subdivision: impl Into<String>) -> Self {
        self.subdivision = Some(subdivision.into());
        self
    }

    /// With the IANA time zone in which the customer's days end.
    #[must_use]
    pub fn with_time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.time_zone = Some(time_zone.into());
        self
    }

    /// With the person who knows the installation; Business Applications only.
    #[must_use]
    pub fn with_technical_contact(mut self, contact: TechnicalContact) -> Self {
        self.technical_contact = Some(contact);
        self
    }
}

/// The person at the customer who gets the notice and may reject.
///
/// ```
/// use cpor_jobs::CustomerContact;
///
/// let contact = CustomerContact::new("Mert Kaya", "BT Müdürü", "mert@customer.example");
/// assert_eq!(contact.with_language("tr").language.as_deref(), Some("tr"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CustomerContact {
    /// The person's name.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub name: String,
    /// The person's job title.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub title: String,
    /// The person's e-mail address.
    #[schemars(extend("format" = "idn-email"), length(min = 3, max = limits::EMAIL_MAX))]
    pub email: String,
    /// The language of the mails, BCP 47; otherwise the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = limits::LANGUAGE_MAX))]
    #[schemars(regex(pattern = r"^[A-Za-z]{2,3}(-[0-9A-Za-z]{1,8})*$"))]
    pub language: Option<String>,
}

impl CustomerContact {
    /// The person's name, job title and e-mail address.
    pub fn new(
        name: impl Into<String>,
        title: impl Into<String>,
        email: impl Into<String>,
    ) -> Self {
        Self { name: name.into(), title: title.into(), email: email.into(), language: None }
    }

    /// With the language of the mails, BCP 47, such as `tr` or `en-IE`.
    #[must_use]
    pub fn with_language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }
}

/// The person at the customer who knows the installation.
///
/// ```
/// use cpor_jobs::TechnicalContact;
///
/// let contact = TechnicalContact::new("Al Roe", "Administrator", "al@customer.example");
/// assert_eq!(contact.title, "Administrator");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TechnicalContact {
    /// The person's name.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub name: String,
    /// The person's job title.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub title: String,
    /// The person's e-mail address.
    #[schemars(extend("format" = "idn-email"), length(min = 3, max = limits::EMAIL_MAX))]
    pub email: String,
}

impl TechnicalContact {
    /// The person's name, job title and e-mail address.
    pub fn new(
        name: impl Into<String>,
        title: impl Into<String>,
        email: impl Into<String>,
    ) -> Self {
        Self { name: name.into(), title: title.into(), email: email.into() }
    }
}
