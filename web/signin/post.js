// Takes the form of the page to where it leads; without script its button does.
document.querySelector("form[data-post]")?.submit();
