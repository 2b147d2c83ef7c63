//! A component of three: files, with Rust's standard library. `desk` and `clerk` have none but these.

wit_bindgen::generate!({ path: "../wit", world: "shelves" });

use exports::test::split::shelf::{self, FolderBorrow, Guest, GuestDocument, GuestFolder};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

struct Shelf;

struct Folder(PathBuf);

struct Document(File);

impl Guest for Shelf {
    type Folder = Folder;
    type Document = Document;
}

fn told<T>(result: io::Result<T>) -> Result<T, String> {
    result.map_err(|error| format!("{:?}", error.kind()))
}

impl GuestFolder for Folder {
    fn new(path: String) -> Folder {
        Folder(path.into())
    }

    fn entries(&self) -> Result<Vec<(String, String)>, String> {
        let entries = fs::read_dir(&self.0).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let mut entries: Vec<(String, String)> = told(entries)?
            .into_iter()
            .map(|entry| {
                let what = match entry.metadata() {
                    Ok(metadata) if metadata.is_dir() => "folder".to_string(),
                    Ok(metadata) => format!("{} bytes", metadata.len()),
                    Err(error) => format!("{error:?}"),
                };
                (entry.file_name().to_string_lossy().into_owned(), what)
            })
            .collect();
        entries.sort();
        Ok(entries)
    }

    fn make(&self, name: String) -> Result<shelf::Folder, String> {
        let path = self.0.join(name);
        told(fs::create_dir(&path))?;
        Ok(shelf::Folder::new(Folder(path)))
    }

    fn create(&self, name: String, bytes: Vec<u8>) -> Result<shelf::Document, String> {
        let mut options = OpenOptions::new();
        let mut file = told(options.read(true).write(true).create_new(true).open(self.0.join(name)))?;
        told(file.write_all(&bytes))?;
        Ok(shelf::Document::new(Document(file)))
    }

    fn open(&self, name: String) -> Result<shelf::Document, String> {
        let file = told(OpenOptions::new().read(true).write(true).open(self.0.join(name)))?;
        Ok(shelf::Document::new(Document(file)))
    }

    fn rename(&self, name: String, to: FolderBorrow, other: String) -> Result<(), String> {
        told(fs::rename(self.0.join(name), to.get::<Folder>().0.join(other)))
    }

    fn link(&self, name: String, to: FolderBorrow, other: String) -> Result<(), String> {
        told(fs::hard_link(self.0.join(name), to.get::<Folder>().0.join(other)))
    }

    fn remove(&self, name: String) -> Result<(), String> {
        let path = self.0.join(name);
        told(if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) })
    }
}

impl GuestDocument for Document {
    fn size(&self) -> Result<u64, String> {
        told(self.0.metadata().map(|metadata| metadata.len()))
    }

    fn read(&self, offset: u64, size: u32) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut file = &self.0;
        told(file.seek(SeekFrom::Start(offset)))?;
        told(file.take(u64::from(size)).read_to_end(&mut bytes))?;
        Ok(bytes)
    }

    fn append(&self, bytes: Vec<u8>) -> Result<(), String> {
        let mut file = &self.0;
        told(file.seek(SeekFrom::End(0)))?;
        told(file.write_all(&bytes))
    }

    fn truncate(&self, size: u64) -> Result<(), String> {
        told(self.0.set_len(size))
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        println!("closed");
    }
}

export!(Shelf);
