//! The component's exports. In: calls as `wit/fuser.wit` declares them. Out: the library's
//! results in the types of the bindings. Not its job: how the types match (`conversions`), and the
//! work.

use crate as lib;
use crate::command;
use std::cell::RefCell;

mod conversions;

mod bindings {
    wit_bindgen::generate!({ path: "../wit", world: "fuser" });
    use super::Component;
    export!(Component);
}

use bindings::exports::meld::fuser::fusion as wit;

struct Component;

impl bindings::exports::wasi::cli::run::Guest for Component {
    fn run() -> Result<(), ()> {
        let arguments = std::env::args_os().collect();
        let exit = command::run(arguments, |_: &command::NoHostArguments| command::Direct);
        // WASI 0.2 knows success and failure, and no exit codes beyond these.
        if exit == command::Exit::Done { Ok(()) } else { Err(()) }
    }
}

impl wit::Guest for Component {
    type Session = Session;

    fn fuse(inputs: Vec<wit::Input>, options: wit::Options) -> Result<wit::Fused, wit::Error> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(lib::fuse(inputs, options.into())?.into())
    }

    fn inspect(input: wit::Input) -> Result<wit::Inspection, wit::Error> {
        let inspection = lib::inspect(&input.into())?;
        let (text, json) = (inspection.text(), inspection.json());
        let features = inspection.features.iter().map(ToString::to_string).collect();
        Ok(wit::Inspection { wit: inspection.wit, text, json, features })
    }

    fn compose(inputs: Vec<wit::Input>, composing: wit::Composing) -> Result<Vec<u8>, wit::Error> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(lib::compose(inputs, composing.into())?)
    }

    fn wrap(module: wit::Input) -> Result<Vec<u8>, wit::Error> {
        Ok(lib::wrap(module.into())?)
    }

    fn verify(inputs: Vec<wit::Input>, fused: wit::Input) -> Result<(), wit::Error> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(lib::verify(inputs, fused.into())?)
    }

    fn wire(inputs: Vec<wit::Input>, composing: wit::Composing) -> Result<wit::Wiring, wit::Error> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(lib::wire(inputs, composing.into())?.into())
    }

    fn version() -> String {
        lib::VERSION.to_string()
    }
}

/// The bindings hand out shared references, and `step` changes the session: hence the cell. No
/// call into the session leads out of the component, so it is never borrowed twice.
struct Session(RefCell<lib::Session>);

impl wit::GuestSession for Session {
    fn new(options: wit::Options) -> Session {
        Session(RefCell::new(lib::Session::new(options.into())))
    }

    fn add(&self, input: wit::Input) -> Result<(), wit::Error> {
        Ok(self.0.borrow_mut().add(input.into())?)
    }

    fn step(&self) -> Result<wit::Progress, wit::Error> {
        Ok(self.0.borrow_mut().step()?.into())
    }

    fn finish(session: wit::Session) -> Result<wit::Fused, wit::Error> {
        let session = session.into_inner::<Session>().0.into_inner();
        Ok(session.finish()?.into())
    }
}
