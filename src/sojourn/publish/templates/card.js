(function(){
"use strict";
var box=document.getElementById("card"),opener=null,waiting=null;
function el(tag,text,parent){var e=document.createElement(tag);if(text)e.textContent=text;if(parent)parent.appendChild(e);return e}
function load(then){
if(window.sojournCards)return then();
if(waiting){waiting.push(then);return}
waiting=[then];
var s=document.createElement("script");s.src=box.dataset.script;
s.onload=function(){var all=waiting;waiting=null;all.forEach(function(f){f()})};
s.onerror=function(){waiting=null;location.href=opener.href.baseVal||opener.href};
document.head.appendChild(s)}
function copy(text,button){
var said=button.textContent;
function done(){button.textContent=box.dataset.copied;setTimeout(function(){button.textContent=said},1500)}
function old(){var t=el("textarea",text,box);t.select();document.execCommand("copy");t.remove();button.focus();done()}
if(navigator.clipboard)navigator.clipboard.writeText(text).then(done,old);else old()}
function show(id){
var all=window.sojournCards,c=all.c[id];
if(!c){location.href=box.dataset.page+"#trace-"+id;return}
box.textContent="";
var x=el("button","\u00d7",box);x.className="x";x.setAttribute("aria-label",box.dataset.close);x.onclick=function(){box.close()};
el("h2",c[0],box).id="card-h";el("p",c[1],box).className="v";
var d=el("dl","",box);
c[2].forEach(function(r){
if(all.t[r[0]])el("dt",all.t[r[0]],d);
var e=el("dd","",d),href=all.t[r[2]];
if(href){var a=el("a",all.t[r[1]],e);a.href=href}else e.textContent=all.t[r[1]]});
var p=el("p","",box);p.className="do";
var a=el("a",box.dataset.permalink,p);a.href=box.dataset.page+"#trace-"+id;
el("span",box.dataset.cite+":",p);
var name=c[0]+": "+c[1],q=c[3].map(function(i){return all.t[i]}),u=a.href,
texts={};
texts[box.dataset.cite_text]=name+". "+q[2]+" "+q[3]+" "+u;
texts.BibTeX="@misc{"+id.replace(/[^\w-]/g,"-")+",\n  author = {{"+q[0]+"}},\n  title = {{"+name+"}},\n  year = {"+q[1]+"},\n  howpublished = {"+q[2]+"},\n  url = {"+q[3]+"}\n}\n";
texts.RIS="TY  - DATA\r\nAU  - "+q[0]+"\r\nTI  - "+name+"\r\nPY  - "+q[1]+"\r\nN1  - "+q[2]+"\r\nUR  - "+q[3]+"\r\nER  - \r\n";
Object.keys(texts).forEach(function(k){var b=el("button",k,p);b.type="button";b.onclick=function(){copy(texts[k],b)}});
if(box.open)box.close();
opener=show.from;box.show();place();x.focus()}
function place(){
if(matchMedia("(max-width:560px)").matches){box.style.top="";box.style.left="";return}
var r=opener.getBoundingClientRect(),w=box.offsetWidth,h=box.offsetHeight;
var left=Math.max(8,Math.min(r.left,document.documentElement.clientWidth-w-8));
var top=r.bottom+8+h>innerHeight&&r.top-h-8>0?r.top-h-8:r.bottom+8;
box.style.left=left+scrollX+"px";box.style.top=top+scrollY+"px"}
box.addEventListener("close",function(){if(opener)opener.focus({preventScroll:true})});
document.addEventListener("keydown",function(e){
if(e.key==="Escape"&&box.open){box.close();return}
var m=e.target.closest&&e.target.closest("svg a[href]");
if(!m||["ArrowRight","ArrowDown","ArrowLeft","ArrowUp"].indexOf(e.key)<0)return;
var all=[].slice.call(m.closest("svg").querySelectorAll("a[href]")),i=all.indexOf(m)+(e.key==="ArrowRight"||e.key==="ArrowDown"?1:-1);
if(all[i]){m.setAttribute("tabindex",-1);all[i].setAttribute("tabindex",0);all[i].focus();e.preventDefault()}});
document.addEventListener("click",function(e){
if(e.ctrlKey||e.metaKey||e.shiftKey||e.button)return;
var a=e.target.closest&&e.target.closest("a[href^='"+box.dataset.page+"#']");
if(!a){if(box.open&&!box.contains(e.target))box.close();return}
var id=decodeURIComponent(a.getAttribute("href").split("#")[1]);
if(a.closest("#card"))return;
e.preventDefault();opener=a;show.from=a;
load(function(){show(id.indexOf("trace-")?Object.keys(window.sojournCards.c)[+id.slice(1)]:id.slice(6))})});
document.querySelectorAll("svg").forEach(function(s){[].forEach.call(s.querySelectorAll("a[href]"),function(a,i){if(i)a.setAttribute("tabindex",-1)})});
})();
