//! adphoto: photos for Active Directory.

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    adphoto::command::start(&std::env::args_os().collect::<Vec<_>>()).leave()
}
