//! A practice tenant in the tests' own process: Microsoft Entra and Microsoft Graph as far as adphoto asks them, with
//! accounts and photos that remember what was done to them, and with troubles on demand.
#![allow(dead_code, reason = "each includer uses its part")]
#![allow(clippy::unwrap_used, reason = "a tenant that cannot go on has failed its test")]

mod graph;
mod http;
mod login;
mod photos;

use std::collections::{HashMap, HashSet};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub(crate) use self::http::{Asked, Reply};
use self::photos::Photo;

/// The tenant's id.
pub(crate) const ID: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
/// One of the tenant's domains.
pub(crate) const DOMAIN: &str = "contoso.example";
/// The app that may sign in.
pub(crate) const CLIENT_ID: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
/// The app's secret.
pub(crate) const SECRET: &str = "q~8Q~practice+secret/&=";
/// The app's certificate, followed by its key, as one PEM file that openssl makes. Nothing else trusts it.
pub(crate) static CERTIFICATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let words = "req -x509 -newkey rsa:2048 -nodes -keyout - -days 3650 -subj /CN=adphoto-practice";
    let made = Command::new("openssl").args(words.split(' ')).stderr(Stdio::null()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let pem = String::from_utf8(made.stdout).unwrap();
    let (key, certificate) = pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap());
    [certificate, key].concat().into_bytes()
});

/// A practice tenant, reached at an address of this machine.
#[derive(Clone)]
pub(crate) struct Tenant {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

type Trouble = Box<dyn Fn(&Asked, usize) -> Option<Reply> + Send>;

/// Everything that the tenant knows and can be told.
pub(crate) struct State {
    url: String,
    users: Vec<Value>,
    photos: HashMap<String, Photo>,
    /// The permissions that the app has.
    pub(crate) roles: Vec<&'static str>,
    /// `source` of photoUpdateSettings; `None` if it is not set.
    pub(crate) photo_source: Option<&'static str>,
    /// How long a token lives.
    pub(crate) token_life: Duration,
    /// How long each request takes.
    pub(crate) delay: Duration,
    /// For how long a photo that was just changed is served as it was.
    pub(crate) stale: Duration,
    /// Whether the tenant encodes photos anew, as Microsoft does. Otherwise it takes any bytes, and serves them as they
    /// are.
    pub(crate) encodes: bool,
    /// Whether an account without a photo shows a GIF of one pixel instead of an error.
    pub(crate) shows_gif: bool,
    tokens: HashMap<String, Instant>,
    assertions: HashSet<String>,
    /// Federated tokens that the app trusts.
    pub(crate) federated: HashSet<String>,
    /// What is asked first; each may answer instead of the tenant, given the request and how many came before it.
    troubles: Vec<Trouble>,
    asked: Vec<Asked>,
    under_way: usize,
    peak: usize,
}

impl State {
    /// The address under which the client reaches the tenant.
    fn address<'a>(&'a self, asked: &'a Asked) -> &'a str {
        asked.forwarded.as_deref().unwrap_or(&self.url)
    }
}

impl Tenant {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            url: url.clone(),
            users: Vec::new(),
            photos: HashMap::new(),
            roles: vec!["User.Read.All", "ProfilePhoto.ReadWrite.All", "PeopleSettings.Read.All", "User.ReadWrite.All"],
            photo_source: Some("cloud"),
            token_life: Duration::from_secs(3600),
            delay: Duration::ZERO,
            stale: Duration::ZERO,
            encodes: true,
            shows_gif: false,
            tokens: HashMap::new(),
            assertions: HashSet::new(),
            federated: HashSet::new(),
            troubles: Vec::new(),
            asked: Vec::new(),
            under_way: 0,
            peak: 0,
        };
        let this = Self { url, state: Arc::new(Mutex::new(state)) };
        let serving = this.clone();
        http::serve(listener, move |asked| serving.answer(asked));
        this
    }

    /// Changes what the tenant is like.
    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
    }

    /// Adds an account, and returns its object id. Its userPrincipalName is `name@DOMAIN`, unless `more` says otherwise.
    pub(crate) fn user(&self, name: &str, more: &[(&str, Value)]) -> String {
        let mut state = self.state();
        let id = format!("00000000-0000-4000-8000-{:012}", state.users.len() + 1);
        let mut user = json!({
            "id": id, "userPrincipalName": format!("{name}@{DOMAIN}"), "displayName": name, "mailNickname": name,
            "mail": null, "businessPhones": [], "accountEnabled": true, "userType": "Member", "onPremisesSyncEnabled": null,
        });
        more.iter().for_each(|(name, value)| user[*name] = value.clone());
        state.users.push(user);
        id
    }

    /// Returns all accounts.
    pub(crate) fn users(&self) -> Vec<Value> {
        self.state().users.clone()
    }

    /// Changes an attribute of an account.
    pub(crate) fn edit(&self, id: &str, name: &str, value: Value) {
        let mut state = self.state();
        let user = state.users.iter_mut().find(|user| user["id"] == id);
        user.unwrap_or_else(|| panic!("no account {id}"))[name] = value;
    }

    /// Deletes an account.
    pub(crate) fn delete(&self, id: &str) {
        self.state().users.retain(|user| user["id"] != id);
    }

    /// The photo that is served now.
    pub(crate) fn photo(&self, id: &str) -> Option<Vec<u8>> {
        self.state().photos.get(id).and_then(|photo| photo.newest().map(<[u8]>::to_vec))
    }

    /// Gives an account a photo, as somebody else would, or takes it away.
    pub(crate) fn set_photo(&self, id: &str, photo: Option<&[u8]>) {
        let mut state = self.state();
        let encodes = state.encodes;
        let photo = photo.map(|photo| photos::served(photo, encodes).unwrap());
        state.photos.insert(id.to_owned(), Photo::new(photo));
    }

    /// Lets `trouble` answer before the tenant does. It is given each request, and how many requests came before it.
    pub(crate) fn trouble(&self, trouble: impl Fn(&Asked, usize) -> Option<Reply> + Send + 'static) {
        self.state().troubles.push(Box::new(trouble));
    }

    /// All requests so far, such as `GET /v1.0/users`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state().asked.iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }

    /// The most requests that were under way at the same time.
    pub(crate) fn peak(&self) -> usize {
        self.state().peak
    }

    /// Signs in as the app with its secret, and returns the token.
    pub(crate) fn token(&self) -> String {
        login::give(&mut self.state(), &self.url)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn answer(&self, asked: &Asked) -> Reply {
        let delay = {
            let mut state = self.state();
            state.asked.push(asked.clone());
            state.under_way += 1;
            state.peak = state.peak.max(state.under_way);
            state.delay
        };
        std::thread::sleep(delay);
        let mut state = self.state();
        let before =
            state.asked.iter().filter(|other| (&other.method, &other.path) == (&asked.method, &asked.path)).count() - 1;
        let trouble = state.troubles.iter().find_map(|trouble| trouble(asked, before));
        let reply =
            trouble.unwrap_or_else(|| match asked.path.strip_prefix("/v1.0/").or(asked.path.strip_prefix("/beta/")) {
                Some(path) => graph::answer(&mut state, asked, path),
                None => login::answer(&mut state, asked),
            });
        state.under_way -= 1;
        reply
    }
}
