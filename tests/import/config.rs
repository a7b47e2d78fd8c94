//! Settings from adphoto.toml.

use crate::photos::jpeg;
use crate::run::Folder;

on_both! {
    fn a_file_says_what_nobody_else_does(domain: &Domain) {
        let dn = domain.user("o-ann");
        let folder = Folder::new();
        folder.file("in/o-ann.jpg", jpeg(1, 300, 300));
        let text = format!("server = \"{}\"\nsize = 64\n[profile.large]\nsize = 128\n", domain.server);
        let file = folder.file("adphoto.toml", &text);
        let import = |arguments: &[&str]| {
            let named = ["--config", file.to_str().unwrap()];
            domain.import(folder.path().join("in")).by_dns(&[&named[..], arguments].concat())
        };
        for (arguments, size) in [(&[][..], 64), (&["--profile", "large"], 128), (&["--size", "96"], 96)] {
            let run = import(arguments).records();
            assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
            let photo = image::load_from_memory(&domain.photo(&dn).unwrap()).unwrap();
            assert_eq!((photo.width(), photo.height()), (size, size));
        }
        let run = import(&["--profile", "huge"]).run();
        assert!(run.code == Some(2) && run.stderr.contains("no profile \"huge\"; it has large"), "{}", run.stderr);
        folder.file("adphoto.toml", format!("{text}colour = 1\n"));
        let run = import(&[]).run();
        assert!(run.code == Some(2) && run.stderr.contains("no setting \"colour\""), "{}", run.stderr);
        #[cfg(unix)]
        {
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
            std::fs::set_permissions(&file, open).unwrap();
            let run = import(&[]).run();
            assert!(run.code == Some(2) && run.stderr.contains("chmod go-w"), "{}", run.stderr);
        }
    }
}
