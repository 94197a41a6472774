//! How people sign in to the pages.

use crate::access::{DevelopmentUser, SignIns};
use crate::app::{App, AppError};
use crate::outbound::{Reach, Target};
use crate::settings::Settings;

/// Where the issuer sends browsers back to.
pub const SIGNED_IN_PATH: &str = "/partner/sign-in/callback";

impl App {
    /// Who can sign in to the partner's pages by pressing a button; nobody where others reach the
    /// server, whatever the settings say.
    ///
    /// # Errors
    ///
    /// When a setting under `access.development_user` cannot be used.
    pub fn development_user(&self) -> Result<Option<DevelopmentUser>, AppError> {
        let user = DevelopmentUser::of(&self.settings.access.development_user)?;
        Ok(user.filter(|_| is_this_machine_alone(&self.settings)))
    }

    /// Whether somebody is set who could sign in by pressing a button, and must not.
    #[must_use]
    pub fn refuses_development_user(&self) -> bool {
        let is_set = !self.settings.access.development_user.name.is_empty();
        is_set && !is_this_machine_alone(&self.settings)
    }

    /// The sign-ins with the issuer.
    #[must_use]
    pub fn sign_ins(&self) -> SignIns {
        let redirect_uri = format!("{}{SIGNED_IN_PATH}", self.settings.public_url());
        SignIns::new(self.secrets.clone(), redirect_uri)
    }
}

/// Whether nobody but this machine reaches the server, also not through a proxy.
fn is_this_machine_alone(settings: &Settings) -> bool {
    let url = Target::parse(&settings.public_url(), Reach::PublicOrLoopback);
    settings.http.listen.ip().is_loopback() && url.is_ok_and(|url| url.is_loopback())
}
