//! TLS: which servers to trust, and explaining why one is not trusted.

#[cfg(feature = "kerberos")]
mod binding;
mod ca_file;
mod certificate;
mod diagnosis;
mod fault;
mod handshake;
mod trust;
mod verifier;

pub use ca_file::CaFileError;
pub use certificate::Certificate;
pub use fault::CertificateFault;
pub use handshake::HandshakeFault;
pub use trust::TrustError;

#[cfg(feature = "kerberos")]
pub(super) use binding::end_point;
pub(in crate::directory) use trust::{Handshake, Trust};
