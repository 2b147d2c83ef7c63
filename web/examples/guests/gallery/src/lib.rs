//! A component that exports `example:gallery/gallery`, and keeps its pictures as shapes in a store.

use exports::example::gallery::gallery::{self, Guest, GuestGallery, Picture};
use test::base::shapes::{Shape, live};
use test::reexport_store_own::api::Store;

wit_bindgen::generate!({
    path: [
        "../../../../tests/guests/cases/base/world.wit",
        "../../../../tests/guests/cases/reexport-store-own/world.wit",
        "../wit/gallery.wit",
    ],
    world: "example:gallery/rooms",
    generate_all,
});

struct Rooms;

struct Gallery {
    title: String,
    store: Store,
}

fn shape(picture: Picture) -> Shape {
    Shape::new(&picture.name, picture.size)
}

fn picture(shape: Shape) -> Picture {
    Picture { name: shape.name(), size: shape.size() }
}

impl Guest for Rooms {
    type Gallery = Gallery;

    fn shapes() -> u32 {
        live()
    }
}

impl GuestGallery for Gallery {
    fn new(title: String) -> Gallery {
        Gallery { title, store: Store::new() }
    }

    fn title(&self) -> String {
        self.title.clone()
    }

    fn hang(&self, picture: Picture) -> u32 {
        self.store.put(shape(picture))
    }

    fn size(&self, at: u32) -> Option<f64> {
        self.store.size(at)
    }

    fn replace(&self, at: u32, with: Picture) -> Result<Picture, Picture> {
        self.store.swap(at, shape(with)).map(picture).map_err(picture)
    }

    fn close(gallery: gallery::Gallery) -> Vec<Picture> {
        let shapes = Store::drain(gallery.into_inner::<Gallery>().store);
        shapes.into_iter().map(picture).collect()
    }
}

export!(Rooms);
