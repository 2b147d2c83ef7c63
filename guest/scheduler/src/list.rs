//! Rings of objects. In: links, which are parts of objects. Out: their order. Not its job: what the objects
//! are. A link is in one list at most, and leaves it without knowing which it is.

use core::ptr::null_mut;

/// What an object has for a list that it can be in.
#[repr(C)]
pub struct Link {
    previous: *mut Link,
    next: *mut Link,
}

impl Link {
    pub const fn new() -> Link {
        Link { previous: null_mut(), next: null_mut() }
    }

    pub fn is_linked(&self) -> bool {
        !self.next.is_null()
    }
}

/// Takes a link out of the list that it is in, if there is one.
pub unsafe fn unlink(link: *mut Link) {
    unsafe {
        if (*link).is_linked() {
            (*(*link).previous).next = (*link).next;
            (*(*link).next).previous = (*link).previous;
            *link = Link::new();
        }
    }
}

/// A list. It stays where it is once something is in it.
#[repr(C)]
pub struct List {
    head: Link,
}

impl List {
    pub const fn new() -> List {
        List { head: Link::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.head.next.is_null() || core::ptr::eq(self.head.next, &self.head)
    }

    /// The first, if there is one.
    pub fn first(&self) -> Option<*mut Link> {
        (!self.is_empty()).then_some(self.head.next)
    }
}

/// The first of a list that is a static.
pub unsafe fn first(list: *const List) -> Option<*mut Link> {
    unsafe { (*list).first() }
}

/// The one after `link`, if there is one.
pub unsafe fn after(list: *mut List, link: *mut Link) -> Option<*mut Link> {
    let next = unsafe { (*link).next };
    (!core::ptr::eq(next, list.cast())).then_some(next)
}

/// Takes `link` out of the list that it is in, and makes it the last of `list`.
pub unsafe fn append(list: *mut List, link: *mut Link) {
    unsafe {
        unlink(link);
        let head = head(list);
        insert(link, (*head).previous, head);
    }
}

/// Takes `link` out of the list that it is in, and makes it the first of `list`.
pub unsafe fn prepend(list: *mut List, link: *mut Link) {
    unsafe {
        unlink(link);
        let head = head(list);
        insert(link, head, (*head).next);
    }
}

unsafe fn head(list: *mut List) -> *mut Link {
    unsafe {
        let head: *mut Link = &raw mut (*list).head;
        if (*head).next.is_null() {
            (*head).next = head;
            (*head).previous = head;
        }
        head
    }
}

unsafe fn insert(link: *mut Link, previous: *mut Link, next: *mut Link) {
    unsafe {
        (*link).previous = previous;
        (*link).next = next;
        (*previous).next = link;
        (*next).previous = link;
    }
}
