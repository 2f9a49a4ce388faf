// Says so when the vendor's window could not be opened (see iamport.Launch.HTML).
document.addEventListener("iamport", function (event) {
  document.getElementById("launch-failed").hidden = event.detail.ok;
});
