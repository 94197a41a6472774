//! Reads who claims and for which customer: R03 and R04 as far as the form goes, R08, R10.

use super::fields::{Fields, Findings};
use super::reader::Reader;
use super::{Customer, CustomerContact, Partner, PartnerContact, TechnicalContact};
use crate::claim::identity::{
    CountryCode, DomainName, EmailAddress, Language, Line, MpnId, PersonName, Subdivision,
    TenantId, TimeZoneName,
};
use crate::claim::program::SolutionArea;

const PARTNER: [&str; 2] = ["mpn_id", "contact"];
const PARTNER_CONTACT: [&str; 2] = ["name", "email"];
const CUSTOMER: [&str; 7] =
    ["tenant_id", "domain", "country", "subdivision", "time_zone", "contact", "technical_contact"];
const CUSTOMER_CONTACT: [&str; 4] = ["name", "title", "email", "language"];
const TECHNICAL_CONTACT: [&str; 3] = ["name", "title", "email"];

impl Reader<'_> {
    pub fn partner(&self, fields: &Fields<'_>, findings: &mut Findings) -> Option<Partner> {
        let fields = fields.object("partner", &PARTNER, findings)?;
        let mpn_id = fields.required("mpn_id", MpnId::parse, findings);
        let contact = fields.object("contact", &PARTNER_CONTACT, findings).and_then(|contact| {
            let name = contact.required("name", PersonName::parse, findings);
            let email = contact.required("email", EmailAddress::parse, findings);
            Some(PartnerContact { name: name?, email: email? })
        });
        Some(Partner { mpn_id: mpn_id?, contact: contact? })
    }

    pub fn customer(
        &self,
        fields: &Fields<'_>,
        solution_area: Option<SolutionArea>,
        findings: &mut Findings,
    ) -> Option<Customer> {
        let fields = fields.object("customer", &CUSTOMER, findings)?;
        let tenant_id = fields.required("tenant_id", TenantId::parse, findings);
        let domain = fields.required("domain", DomainName::parse, findings);
        let country = fields.required("country", CountryCode::parse, findings);
        let subdivision = subdivision(&fields, country.as_ref(), findings);
        let time_zone = fields.optional("time_zone", TimeZoneName::parse, findings);
        let contact = customer_contact(&fields, findings);
        let technical_contact = self.technical_contact(&fields, solution_area, findings);
        Some(Customer {
            tenant_id: tenant_id?,
            domain: domain?,
            country: country?,
            subdivision: subdivision?,
            time_zone: time_zone?,
            contact: contact?,
            technical_contact: technical_contact?,
        })
    }

    /// R10: only for Business Applications, and there by policy required.
    fn technical_contact(
        &self,
        fields: &Fields<'_>,
        solution_area: Option<SolutionArea>,
        findings: &mut Findings,
    ) -> Option<Option<TechnicalContact>> {
        let is_required = solution_area == Some(SolutionArea::BusinessApplications)
            && self.policy.technical_contact_required;
        if !fields.has("technical_contact") && !is_required {
            return Some(None);
        }
        if solution_area == Some(SolutionArea::Microsoft365) {
            let message = "A technical contact is only for Business Applications. Leave it out.";
            findings.add(
                fields.path("technical_contact"),
                "technical_contact_not_expected",
                message,
            );
        }
        let contact = fields.object("technical_contact", &TECHNICAL_CONTACT, findings)?;
        let name = contact.required("name", PersonName::parse, findings);
        let title = contact.required("title", Line::parse, findings);
        let email = contact.required("email", EmailAddress::parse, findings);
        Some(Some(TechnicalContact { name: name?, title: title?, email: email? }))
    }
}

fn subdivision(
    fields: &Fields<'_>,
    country: Option<&CountryCode>,
    findings: &mut Findings,
) -> Option<Option<Subdivision>> {
    let subdivision = fields.optional("subdivision", Subdivision::parse, findings)?;
    if let (Some(subdivision), Some(country)) = (&subdivision, country)
        && !subdivision.is_in(country)
    {
        let message = format!(
            "{subdivision} is not a part of {country}. Give a part of the customer's country, or \
             leave it out."
        );
        findings.add(fields.path("subdivision"), "subdivision_not_in_country", message);
    }
    Some(subdivision)
}

fn customer_contact(fields: &Fields<'_>, findings: &mut Findings) -> Option<CustomerContact> {
    let fields = fields.object("contact", &CUSTOMER_CONTACT, findings)?;
    let name = fields.required("name", PersonName::parse, findings);
    let title = fields.required("title", Line::parse, findings);
    let email = fields.required("email", EmailAddress::parse, findings);
    let language = fields.optional("language", Language::parse, findings);
    Some(CustomerContact { name: name?, title: title?, email: email?, language: language? })
}
