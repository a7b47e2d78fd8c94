//! adphoto: photos for Active Directory.

fn main() {
    adphoto::command::start(&std::env::args_os().collect::<Vec<_>>()).leave()
}
